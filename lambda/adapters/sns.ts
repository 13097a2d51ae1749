import { PublishCommand, paginateListSubscriptionsByTopic, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { toGsm7 } from '../domain/encoding/gsm7.ts';
import type { Urgency } from '../domain/incident/audiences.ts';
import { mailBody, subjectLine } from '../domain/messages/page-text.ts';
import type { Listed, Subscriber } from '../domain/on-call/subscriptions.ts';

const client = new SNSClient({});

/** A page to one person. */
export interface PersonalPage {
  person: string;
  urgency: Urgency;
  subject: string;
  body: string;
  sms: string;
}

/**
 * Publishes on a level's topic, which filters by the attributes: only that person gets it, and by SMS only if `urgency` is
 * `page`.
 */
export async function publishPage(topicArn: string, page: PersonalPage): Promise<void> {
  const { person, urgency, subject, body, sms } = page;
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: mailBody(body), sms: toGsm7(sms) }),
      MessageAttributes: {
        ...{ person: attribute(person), urgency: attribute(urgency) },
        // Sent for reliability: by default an account sends SMS as promotions, late and at night not everywhere.
        'AWS.SNS.SMS.SMSType': attribute('Transactional'),
      },
    }),
  );
}

export async function listSubscriptions(topicArn: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn }))
    for (const { Protocol = '', Endpoint = '', SubscriptionArn = '' } of Subscriptions)
      listed.push({ protocol: Protocol, endpoint: Endpoint, arn: SubscriptionArn });
  return listed;
}

/** Subscribes an address, which is asked to confirm, again where it has not yet. */
export async function subscribe(
  TopicArn: string,
  { protocol, endpoint }: Subscriber,
  filter: Record<string, string[]> | undefined,
): Promise<void> {
  const Attributes = filter && { FilterPolicy: JSON.stringify(filter) };
  await client.send(
    new SubscribeCommand({ TopicArn, Protocol: protocol, Endpoint: endpoint, ...(Attributes && { Attributes }) }),
  );
}

/** An e-mail to people who are subscribed to the topic of notices. */
export interface NoticeMail {
  /** Names in the configuration. */
  people: readonly string[];
  subject: string;
  body: string;
}

/** Publishes on the topic of notices, which filters by person: only these people get it. */
export async function publishNotice(topicArn: string, { people, subject, body }: NoticeMail): Promise<void> {
  if (people.length === 0) return;
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subjectLine(subject),
      Message: mailBody(body),
      MessageAttributes: { person: { DataType: 'String.Array', StringValue: JSON.stringify(people) } },
    }),
  );
}
