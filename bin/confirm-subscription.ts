import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';

/** What a link of SNS asks to confirm. */
export interface Confirmation {
  topicArn: string;
  token: string;
  region: string;
}

/**
 * Confirms a subscription by the link of its e-mail, signed, so that it can be ended by the account alone: confirmed by a
 * click, anybody who follows the link at the foot of a message ends it, also a mail scanner. Gives the subscription's ARN.
 * @throws TypeError when it is no link of SNS, or of another service's topic.
 */
export async function confirmSubscription(
  link: string,
  service: string,
  connect = (region: string) => new SNSClient({ region }),
): Promise<string> {
  const { topicArn, token, region } = readLink(link, service);
  const { SubscriptionArn } = await connect(region).send(
    new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: token, AuthenticateOnUnsubscribe: 'true' }),
  );
  if (!SubscriptionArn) throw new Error('SNS did not say what it has confirmed: look into the console of SNS');
  return SubscriptionArn;
}

/** As in the e-mail (`/confirmation.html?TopicArn=…&Token=…`), or as SNS asks an endpoint of HTTP (`/?Action=ConfirmSubscription&…`). */
export function readLink(link: string, service: string): Confirmation {
  const expected = 'https://sns.REGION.amazonaws.com/confirmation.html?TopicArn=…&Token=…, the link of the e-mail';
  const wrong = (what: string) => new TypeError(`${what}: expected ${expected}. Put it into quotes.`);
  if (!URL.canParse(link)) throw wrong('this is no link');
  const { protocol, hostname, port, pathname, searchParams, username, password } = new URL(link);
  const region = /^sns\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/.exec(hostname)?.[1];
  if (protocol !== 'https:' || !region || port || username || password) throw wrong('this is no link to SNS');
  const confirms =
    pathname === '/confirmation.html' || (pathname === '/' && searchParams.get('Action') === 'ConfirmSubscription');
  if (!confirms) throw wrong('this link confirms no subscription');
  const topicArn = searchParams.get('TopicArn') ?? '';
  const token = searchParams.get('Token') ?? '';
  const [, name = ''] = new RegExp(`^arn:aws:sns:${region}:\\d{12}:([\\w-]+)$`).exec(topicArn) ?? [];
  if (!name || !/^[0-9a-zA-Z]+$/.test(token)) throw wrong('this link is not complete');
  if (!name.startsWith(`${service}-incident-response-`))
    throw new TypeError(`this link is of the topic ${name}, which is none of ${service}'s incident response`);
  return { topicArn, token, region };
}
