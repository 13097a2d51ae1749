import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { noTaskStarts } from './no-task-starts.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** Minutes of the flood, and of the fault in it. */
const FLOOD = { from: 2, to: 22 };
const FAULT = 5;

/** Somebody sends fifty requests a second to the pages behind the links, each of which takes up to a second. */
function flood({ account, clock, functions }: RehearsalWorld): void {
  const [endpoint] = account.ofType('AWS::Lambda::Url');
  const target = String(endpoint?.properties['TargetFunctionArn']);
  const ends = clock.now + (FLOOD.to - FLOOD.from) * MINUTE;
  account.emit('service', { change: 'a flood of requests to a public endpoint begins' });
  const request = () => {
    if (clock.now >= ends) return account.emit('service', { change: 'the flood is over' });
    functions.occupy(target, account.random.between(50, 1000));
    clock.after(20, request);
  };
  request();
}

const began = new WeakMap<RehearsalWorld, number>();

const minuteOf = (world: RehearsalWorld, at: string) => (Date.parse(at) - (began.get(world) ?? 0)) / MINUTE;

/** A young account has ten invocations for everything, and nothing of them can be reserved. */
export const doorsFlooded: Scenario = {
  name: 'doors-flooded',
  title: 'A flood of requests takes all invocations of a young account: service down',
  story:
    'The account may run ten functions at one time, and cannot reserve any. A flood of requests to a public endpoint takes them for twenty ' +
    'minutes, and three minutes into it the service falls. Whatever is called again gets through in the gaps: people are paged late, ' +
    'or woken by the alarm that signals wait, and nothing is lost. With endpointConcurrency, in an account that has more, the flood takes no more than it says.',
  without: ['concurrency'],
  inject: world => {
    const { clock, service } = world;
    began.set(world, clock.now);
    clock.after(FLOOD.from * MINUTE, () => flood(world));
    clock.after(FAULT * MINUTE, () => noTaskStarts(world));
    clock.after(40 * MINUTE, () => {
      service.tasks.start = true;
    });
  },
  minutes: 120,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    {
      expectation: 'somebody is woken before the flood is over: paged, or by the alarm that signals wait',
      holds: world =>
        world.topics.messages.some(
          ({ channel, subject, at }) =>
            channel === 'sms' && /INCIDENT|signals-waiting/.test(subject) && minuteOf(world, at) <= FLOOD.to,
        ),
    },
    {
      expectation: 'operations is told within ten minutes that functions are refused',
      holds: world =>
        world.topics.messages.some(
          ({ to, subject, at }) =>
            to.startsWith('operations@') &&
            subject.includes('functions-throttled') &&
            minuteOf(world, at) <= FLOOD.from + 10,
        ),
    },
    RESOLVED,
    NO_DEAD_LETTERS,
  ],
};
