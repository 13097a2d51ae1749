import { onCall, type Roster } from './roster.ts';
import { type SmsAccount, type Unreachable, unreachable } from './sms.ts';

/** A person's address at an SNS topic. */
export interface Subscriber {
  /** The person's name in the configuration. */
  person: string;
  protocol: 'email' | 'sms';
  endpoint: string;
}

/** The subscribers of a topic by the deployed configuration. */
export interface TopicSubscribers {
  /** The topic's name for people: `level 1`, `operations`. */
  topic: string;
  subscribers: readonly Subscriber[];
}

/** A subscription as SNS lists it. Its ARN shows whether it is pending or deleted. */
export interface Listed {
  protocol: string;
  endpoint: string;
  arn: string;
}

/** The reason for which somebody gets nothing from a topic. */
type Obstacle = 'pending' | 'missing' | Unreachable;

export interface Drift {
  /** The people whom a topic should reach and does not, by name: addresses are not passed on. */
  notReached: { topic: string; person: string; protocol: Subscriber['protocol']; why: Obstacle }[];
  /** The levels at which a page would wake nobody who is on call. */
  levelsWithoutAnybody: number[];
}

/**
 * Compares the deployed subscribers with those that SNS lists, both in the same order of topics. The first topics are
 * the levels, in the order of the rosters. Who has a telephone is reached by it or not at all: an e-mail wakes nobody.
 *
 * @param sms absent when nobody has a telephone
 */
export function drift(
  deployed: readonly TopicSubscribers[],
  listed: readonly (readonly Listed[])[],
  { rosters, sms, now }: { rosters: readonly Roster[]; sms: SmsAccount | undefined; now: string },
): Drift {
  const found = deployed.map(({ topic, subscribers }, i) =>
    subscribers.map(subscriber => ({ topic, ...subscriber, why: obstacleOf(subscriber, listed[i] ?? [], sms) })),
  );
  return {
    notReached: found
      .flat()
      .flatMap(({ topic, person, protocol, why }) => (why ? [{ topic, person, protocol, why }] : [])),
    levelsWithoutAnybody: rosters.flatMap((roster, i) => {
      const wakes = (person: string) => {
        const own = (found[i] ?? []).filter(other => other.person === person);
        const telephones = own.filter(({ protocol }) => protocol === 'sms');
        return (telephones.length > 0 ? telephones : own).some(({ why }) => why === undefined);
      };
      return onCall(roster, now).some(wakes) ? [] : [i + 1];
    }),
  };
}

/** The addresses that a topic should have and has not, each with the place of its topic. */
export const unconfirmed = (deployed: readonly TopicSubscribers[], listed: readonly (readonly Listed[])[]) =>
  deployed.flatMap(({ topic, subscribers }, place) =>
    subscribers
      .filter(subscriber => stateOf(subscriber, listed[place] ?? []) !== 'confirmed')
      .map(subscriber => ({ ...subscriber, topic, place })),
  );

/**
 * The attributes of a message by which a topic reaches this address: those of levels and notices name people, and telephones are
 * reached by pages alone. Alarms name nobody, so topics for them have no filter.
 */
export function filterOf(topic: string, { person, protocol }: Subscriber): Record<string, string[]> | undefined {
  if (!/^level |^notices$/.test(topic)) return undefined;
  return { person: [person], ...(protocol === 'sms' ? { urgency: ['page'] } : {}) };
}

function obstacleOf(subscriber: Subscriber, listed: readonly Listed[], sms: SmsAccount | undefined) {
  const state = stateOf(subscriber, listed);
  if (state !== 'confirmed') return state;
  return subscriber.protocol === 'sms' && sms ? unreachable(subscriber.endpoint, sms) : undefined;
}

/**
 * A subscription is confirmed if any listed one with its address is: SNS lists a deleted one for a while beside its
 * successor.
 */
function stateOf({ protocol, endpoint }: Subscriber, listed: readonly Listed[]): 'confirmed' | 'pending' | 'missing' {
  const own = listed.filter(
    other => other.protocol === protocol && other.endpoint.toLowerCase() === endpoint.toLowerCase(),
  );
  if (own.some(({ arn }) => arn.startsWith('arn:'))) return 'confirmed';
  return own.some(({ arn }) => arn === 'PendingConfirmation') ? 'pending' : 'missing';
}

/** The metrics of who is reached: how much is wrong, and at how many levels. They are published every 15 minutes, in the probe's namespace. */
export const SUBSCRIPTION_METRICS = {
  troubles: 'ReachTroubles',
  withoutAnybody: 'LevelsWithoutAnybody',
} as const;
