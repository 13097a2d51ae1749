import { received } from '../world/messages.ts';
import type { RehearsalWorld } from '../world/world.ts';

/** A message in the mailbox. */
export interface Mail {
  number: number;
  channel: string;
  /** A person by the name of the configuration, a conversation, or an address that the configuration does not know. */
  recipient: string;
  to: string;
  subject: string;
  at: string;
  body: string;
  edited: boolean;
}

const CONVERSATIONS: Record<string, string> = { slack: 'Slack', pagerduty: 'PagerDuty' };

/** Every message that was sent so far, the newest last. */
export function mails(world: RehearsalWorld): Mail[] {
  const people = peopleOf(world);
  const sent = received(world).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return sent.map(({ channel, to, subject, at, body, edited = false }, index) => ({
    ...{ number: index + 1, channel, to, subject, at, body, edited },
    recipient: CONVERSATIONS[channel] ?? people.get(to) ?? to,
  }));
}

/** Whose each address is: the filters of the subscriptions go by the person's name. */
function peopleOf({ account }: RehearsalWorld): Map<string, string> {
  const named = account.ofType('AWS::SNS::Subscription').flatMap(({ properties }): [string, string][] => {
    const [person] = properties['FilterPolicy']?.person ?? [];
    return typeof person === 'string' ? [[properties['Endpoint'], person]] : [];
  });
  return new Map(named);
}
