import { CALL_FAULT_KINDS, type CallFault, shortName } from 'embedded-aws';
import { NO_DEAD_LETTERS, ONE_INCIDENT, PAGED } from '../../local/scenarios/expectations.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { Draws } from '../../local/simulation/draw.ts';
import type { RehearsalWorld } from '../../local/world/world.ts';

/** Callers of which a call is struck in a scenario, each once: an alarm may tell of one that fails again and again. */
const STRUCK = 3;

/** Attempts of the SDK: when so many in a row fail, the caller hears of it. */
const ATTEMPTS = 3;

/**
 * Faults of single calls, by the seed: of whom of those that call in the scenario, of which call, in which way, and which time it is
 * made.
 *
 * @param counted how often each call is made when nothing strikes, by its caller, service and operation
 */
export function draw({ name }: Scenario, counted: ReadonlyMap<string, number>, seed: number): CallFault[] {
  const draws = new Draws(seed, name);
  const callers = Map.groupBy([...counted.keys()].sort(), call => call.split(' ')[0] ?? '');
  for (const caller of ASKED_BY_PEOPLE) callers.delete(caller);
  const drawn = new Set<string>();
  while (drawn.size < Math.min(STRUCK, callers.size)) drawn.add(draws.oneOf([...callers.keys()]));
  return [...drawn].map(who => {
    const call = draws.oneOf(callers.get(who) ?? []);
    const [caller = '', service = '', operation = ''] = call.split(' ');
    const kind = draws.oneOf(CALL_FAULT_KINDS);
    const first = draws.between(1, counted.get(call) ?? 1);
    const count = kind.startsWith('killed') ? 1 : draws.oneOf([1, 1, ATTEMPTS]);
    return { caller, service, operation, kind, from: 0, first, count };
  });
}

export const asText = ({ caller, service, operation, kind, first, count }: CallFault): string =>
  `${caller} ${service} ${operation} ${kind}, ${count} from call ${first} on`;

/** Functions that people call, and call again when they fail. The people of scenarios do not. */
const ASKED_BY_PEOPLE = ['answer', 'command', 'subscribe', 'slack'];

/** What holds though a step fails: that is tried or handed over, and told. */
const WITHOUT_STEPS = [ONE_INCIDENT, PAGED, NO_DEAD_LETTERS].map(({ expectation }) => expectation);

/** True when a step was struck, which counts as failed then, and the expectation is about what steps do. */
export function isExcused(expectation: string, calls: readonly CallFault[], { account }: RehearsalWorld): boolean {
  const documents = account.ofType('AWS::SSM::Document');
  const contents = documents.map(({ properties }) => JSON.stringify(properties['Content'])).join();
  const called = account
    .ofType('AWS::Lambda::Function')
    .filter(({ arn, ref }) => [arn, ref].some(name => contents.includes(`"${name}"`)));
  const steps = [...documents.map(({ ref }) => ref), ...called.map(({ path }) => shortName(path))];
  return !WITHOUT_STEPS.includes(expectation) && calls.some(({ caller = '' }) => steps.includes(caller));
}
