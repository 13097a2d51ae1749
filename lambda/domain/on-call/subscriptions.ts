import { onCall, type Roster } from './roster.ts';

/** Somebody's address at a topic. */
export interface Subscriber {
  /** By the name of the configuration. */
  person: string;
  protocol: 'email' | 'sms';
  endpoint: string;
}

/** Who was deployed to be subscribed to a topic. */
export interface TopicSubscribers {
  /** As people call it: `level 1`, `operations`. */
  topic: string;
  subscribers: readonly Subscriber[];
}

/** A subscription as SNS lists it. Its ARN says so when nobody has confirmed it, or when it has been deleted. */
export interface Listed {
  protocol: string;
  endpoint: string;
  arn: string;
}

export interface Drift {
  /** Who of a topic should be subscribed and is not, by name: no address leaves this. */
  unconfirmed: { topic: string; person: string; protocol: Subscriber['protocol']; state: 'pending' | 'missing' }[];
  /** The levels at which a page would reach nobody who is on call. */
  levelsWithoutAnybody: number[];
}

/** What was deployed against what SNS has, topic by topic in the same order; the first topics are the levels, with their rosters. */
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

/** Confirmed, if any of the listed ones with the address is: SNS lists a deleted one for a while beside its successor. */
function stateOf({ protocol, endpoint }: Subscriber, listed: readonly Listed[]): 'confirmed' | 'pending' | 'missing' {
  const own = listed.filter(
    other => other.protocol === protocol && other.endpoint.toLowerCase() === endpoint.toLowerCase(),
  );
  if (own.some(({ arn }) => arn.startsWith('arn:'))) return 'confirmed';
  return own.some(({ arn }) => arn === 'PendingConfirmation') ? 'pending' : 'missing';
}

/** Published every quarter of an hour, beside the metrics of the probe. */
export const SUBSCRIPTION_METRICS = {
  unconfirmed: 'UnconfirmedSubscriptions',
  withoutAnybody: 'LevelsWithoutAnybody',
} as const;
