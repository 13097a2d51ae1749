import { expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;
const START = '2026-04-01T08:30:00.000Z';
const DUE = '2026-04-01T09:00:00Z';
const until = (world: RehearsalWorld, time: string) => world.clock.run(Date.parse(time) - world.clock.now, () => false);

const SUBJECT = 'Review the runbook of mockupAWS: 2026-Q2';
const mailbox = (world: RehearsalWorld) =>
  world.topics.messages.map(({ to, channel, subject }) => `${to}, ${channel}: ${subject}`).sort();
const ONE_MAIL = ['cleo', 'dora'].map(name => `${name}@mockupaws.com, email: ${SUBJECT}`);

/** A person asks again when no answer comes. */
async function tasks(world: RehearsalWorld, month = '2026-04', tries = 5) {
  const ask = () => world.command({ do: 'report', month });
  let answer: Promise<Record<string, unknown>> = ask();
  for (let i = 1; i < tries; i++) answer = answer.catch(ask);
  const { report } = await answer;
  return (report as { scheduledTasks: Record<string, unknown>[] }).scheduledTasks;
}

/** Delivers the event of the schedule once more. */
const again = (world: RehearsalWorld, time = DUE) => {
  const review = world.account.ofType('AWS::Lambda::Function').find(({ path }) => path === 'RunbookReview/Function');
  if (!review) throw new Error('the app has no function that mails reviewers');
  world.functions.invokeAsynchronously(review.ref, { ...world.buses.event('aws.events', 'Scheduled Event', {}), time });
};

it('a quarter begins: the reviewers get one mail, the report shows it, and nothing else happens', async () => {
  const world = await RehearsalWorld.create(assembly(), 3, {}, START);
  await until(world, DUE);
  expect(mailbox(world)).toEqual([]);
  expect(await tasks(world)).toEqual([]);

  await until(world, '2026-04-01T09:05:00Z');
  expect(mailbox(world)).toEqual(ONE_MAIL);
  const [mail] = world.topics.messages;
  expect(mail?.body).toContain('then run `npm run runbook`');
  expect(await tasks(world)).toEqual([
    {
      ...{ title: 'Runbook review', period: '2026-Q2', mailed: ['cleo', 'dora'] },
      ...{ dueAt: expect.stringMatching(/^2026-04-01T09:00/), mailedAt: expect.stringMatching(/^2026-04-01T09:00/) },
    },
  ]);
  expect(await tasks(world, '2026-05')).toEqual([]);

  again(world);
  again(world, '2026-06-30T23:59:59Z');
  await world.clock.run(20 * MINUTE, () => false);
  expect(mailbox(world)).toEqual(ONE_MAIL);
  expect(await tasks(world)).toHaveLength(1);

  expect(world.incidents.size).toBe(0);
  const { slack, pagerduty } = world.vendors;
  expect([slack.messages, pagerduty.events, world.published, world.runbooks.runs]).toEqual([[], [], [], []]);
  expect(world.queues.total).toBe(0);
});

it.each([
  ['events are delivered twice', { duplicated: 1, late: 40 }],
  ['answers of functions are lost', { unheard: 0.5 }],
])('%s: the reviewers get one mail', async (_, faults) => {
  const world = await RehearsalWorld.create(assembly(), 7, faults, START);
  await until(world, '2026-04-01T09:20:00Z');
  expect(mailbox(world).filter(mail => mail.includes(SUBJECT))).toEqual(ONE_MAIL);
  expect(await tasks(world)).toMatchObject([{ period: '2026-Q2', mailed: ['cleo', 'dora'] }]);
});

it('no mail goes out: it is a dead letter, and the report does not say that it was mailed', async () => {
  const world = await RehearsalWorld.create(assembly(), 3, { broken: ['runbook-review'] }, START);
  await until(world, '2026-04-01T09:30:00Z');
  expect(world.queues.total).toBe(1);
  expect(mailbox(world).filter(mail => mail.includes(SUBJECT))).toEqual([]);
  expect(mailbox(world).join()).toContain('runbook-review-dead-letters-waiting');
  expect(await tasks(world)).toEqual([]);
});
