import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS } from './expectations.ts';
import { nobodyAnswers } from './nobody-answers.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** US dollars: what a new account may spend in a month, and what was spent already. */
const LIMIT = 1;
const BEFORE = 0.75;

interface Seen {
  /** When four fifths were spent, and when the first SMS was lost for want of money. */
  nearlySpent?: number;
  lost?: number;
}

const seen = new WeakMap<RehearsalWorld, Seen>();

function observe(world: RehearsalWorld): void {
  const found: Seen = {};
  seen.set(world, found);
  world.account.listen(({ type, reason }) => {
    const spent = world.metrics.valuesOf('AWS/SNS', 'SMSMonthToDateSpentUSD', {}).at(-1) ?? 0;
    if (spent >= 0.8 * LIMIT) found.nearlySpent ??= world.clock.now;
    if (type === 'dropped' && /no money/.test(String(reason))) found.lost ??= world.clock.now;
  });
}

/** Tells that operations read of the alarm within so many minutes of a moment. */
const toldWithin = ({ topics }: RehearsalWorld, alarm: string, minutes: number, since: number | undefined) =>
  since !== undefined &&
  topics.messages.some(
    ({ to, subject, at }) =>
      to.startsWith('operations@') && subject.includes(alarm) && Date.parse(at) - since <= minutes * MINUTE,
  );

/** SNS goes on taking every SMS when the month's money is spent. */
export const smsSpent: Scenario = {
  name: 'sms-spent',
  title: 'The money for SMS runs out in an incident: people learn who is not reached',
  story:
    `The account may spend ${LIMIT.toFixed(2)} USD on SMS a month, and has spent ${BEFORE}. In an incident that nobody answers the rest goes, and SNS ` +
    'delivers no SMS any more, without an error. Operations is told before by the share that is spent, and then that levels have ' +
    'nobody who would be woken; e-mail and PagerDuty go on.',
  inject: world => {
    world.sms.standing = { ...world.sms.standing, spendLimit: LIMIT };
    world.sms.spend(BEFORE);
    observe(world);
    nobodyAnswers.inject(world);
  },
  minutes: nobodyAnswers.minutes,
  done: () => false,
  expectations: [
    {
      expectation: 'SMS are lost, and nobody who sent them hears of it',
      holds: world => seen.get(world)?.lost !== undefined,
    },
    {
      expectation: 'operations is told within a quarter of an hour that four fifths are spent',
      holds: world => toldWithin(world, 'people-not-reached', 17, seen.get(world)?.nearlySpent),
    },
    {
      expectation: 'operations is told within a quarter of an hour that a page would wake nobody',
      holds: world => toldWithin(world, 'level-without-anybody', 17, seen.get(world)?.lost),
    },
    {
      expectation: 'each level is called all the same, by e-mail',
      holds: ({ topics }) =>
        ['cleo', 'dora', 'emil'].every(name =>
          topics.messages.some(({ channel, to }) => channel === 'email' && to.startsWith(`${name}@`)),
        ),
    },
    NO_DEAD_LETTERS,
  ],
};
