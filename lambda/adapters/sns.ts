import { PublishCommand, paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import type { Urgency } from '../domain/incident/audiences.ts';
import { subjectLine } from '../domain/messages/page-text.ts';
import type { Listed } from '../domain/on-call/subscriptions.ts';

const client = new SNSClient({});

/** A page as it is sent to one person. */
export interface PersonalPage {
  person: string;
  urgency: Urgency;
  subject: string;
  body: string;
  sms: string;
}

/** Sends to a level's topic, whose filters go by the attributes: it reaches that person, and no telephone unless it is a page. */
export async function publishPage(topicArn: string, page: PersonalPage): Promise<void> {
  const { person, urgency, subject, body, sms } = page;
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: body, sms }),
      MessageAttributes: { person: attribute(person), urgency: attribute(urgency) },
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

/** An e-mail to some of those whom the topic of notices knows. */
export interface NoticeMail {
  /** By the names of the configuration. */
  people: readonly string[];
  subject: string;
  body: string;
}

/** Sends to the topic whose filters go by person: it reaches these and nobody else. */
export async function publishNotice(topicArn: string, { people, subject, body }: NoticeMail): Promise<void> {
  if (people.length === 0) return;
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subjectLine(subject),
      Message: body,
      MessageAttributes: { person: { DataType: 'String.Array', StringValue: JSON.stringify(people) } },
    }),
  );
}
