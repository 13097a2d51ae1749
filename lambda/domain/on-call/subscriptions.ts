import { onCall, type Roster } from './roster.ts';

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

export interface Drift {
  /** The people who should be subscribed to a topic and are not, by name: addresses are not passed on. */
  unconfirmed: { topic: string; person: string; protocol: Subscriber['protocol']; state: 'pending' | 'missing' }[];
  /** The levels at which a page would reach nobody who is on call. */
  levelsWithoutAnybody: number[];
}

/**
 * Compares the deployed subscribers with those that SNS lists, both in the same order of topics. The first topics are
 * the levels, in the order of the rosters.
 */
export function drift(
  deployed: readonly TopicSubscribers[],
  listed: readonly (readonly Listed[])[],
  rosters: readonly Roster[],
  now: string,
): Drift {
  const states = deployed.map(({ topic, subscribers }, i) =>
    subscribers.map(subscriber => ({ topic, ...subscriber, state: stateOf(subscriber, listed[i] ?? []) })),
  );
  return {
    unconfirmed: states
      .flat()
      .flatMap(({ topic, person, protocol, state }) =>
        state === 'confirmed' ? [] : [{ topic, person, protocol, state }],
      ),
    levelsWithoutAnybody: rosters.flatMap((roster, i) => {
      const called = onCall(roster, now);
      const reached = states[i]?.some(({ person, state }) => state === 'confirmed' && called.includes(person));
      return reached ? [] : [i + 1];
    }),
  };
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

/** The metrics of subscriptions. They are published every 15 minutes, in the probe's namespace. */
export const SUBSCRIPTION_METRICS = {
  unconfirmed: 'UnconfirmedSubscriptions',
  withoutAnybody: 'LevelsWithoutAnybody',
} as const;
