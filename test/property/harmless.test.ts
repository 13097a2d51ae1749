import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { policyIn } from '../../lambda/domain/deployed.ts';
import { attemptUnderWay } from '../../lambda/domain/incident/incident.ts';
import { type Bound, MODES, type Policy } from '../../lambda/domain/incident/policy.ts';
import { type Facts, SERVICE_FACTS } from '../../lambda/domain/kernel/severity.ts';
import { synthesise } from '../support/stack.ts';
import { PASSED, playbookIn, READINGS, Story, withPlaybook } from '../support/story.ts';

const { deployed } = synthesise(config);

/** Everything that a policy takes as a sign of trouble, or of people who suffer. */
const signs = (policy: Policy): Bound[] => [
  ...playbookIn(policy).plan.flatMap(({ causes }) => causes),
  // Any share of failing health URLs is one; a double that is nearly none stands for none.
  ...policy.criteria
    .filter(({ fact }) => SERVICE_FACTS.includes(fact))
    .map(({ fact, atLeast, over = 0 }) => ({ fact, atLeast: atLeast ?? (over || Number.MIN_VALUE) })),
];

/** Every fact is on the side of its bounds on which nothing is wrong, as close as it may be, or not known. */
function wellFacts(policy: Policy): fc.Arbitrary<Facts> {
  const bounds = Map.groupBy(signs(policy), ({ fact }) => fact);
  const values = [...bounds].map(([fact, all]) => {
    const below = Math.min(...all.flatMap(bound => ('atLeast' in bound ? [bound.atLeast] : [])));
    const above = Math.max(0, ...all.flatMap(bound => ('under' in bound ? [bound.under] : [])));
    const value = Number.isFinite(below)
      ? fc.double({ min: 0, max: below, maxExcluded: true, noNaN: true })
      : fc.double({ min: above, max: above * 2 + 1, noNaN: true });
    return [fact, fc.option(value, { nil: undefined, freq: 9 })] as const;
  });
  const rest = { desiredTasks: 10, runningTasks: 10, redisNodes: 2, redisRestartable: 1, heapDumpPossible: 1 };
  return fc.record(Object.fromEntries(values)).map(drawn => ({
    ...rest,
    ...Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)),
  }));
}

type Move = { do: 'fires' | 'clears' | 'loses'; alarm: string } | { do: 'work'; facts: Facts } | { do: 'watch' };

const moves = (policy: Policy): fc.Arbitrary<Move[]> => {
  const alarm = fc.constantFrom(...Object.keys(playbookIn(policy).alarms));
  return fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('fires', 'clears', 'loses'), alarm }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('work'), facts: wellFacts(policy) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('watch') }) },
    ) as fc.Arbitrary<Move>,
    { maxLength: 25 },
  );
};

/** The workflow goes through an attempt, if one is under way. */
function works(story: Story, facts: Facts): void {
  if (!story.opened || !attemptUnderWay(story.incident)) return;
  story.diagnoses(facts);
  story.plans(READINGS);
  if (story.incident.runs.some(({ status }) => status === 'running')) story.ends(PASSED);
}

describe.each(
  deployed.playbooks
    .filter(({ alarms }) => Object.keys(alarms).length > 0)
    .map(playbook => [playbook.name, policyIn({ ...deployed, playbooks: [playbook] })] as const),
)('on a healthy service, whatever the alarms of %s say, in any mode and order,', (_, policy) => {
  it('no step changes anything and nothing is published', () => {
    fc.assert(
      fc.property(moves(policy), fc.constantFrom(...MODES), (befell, mode) => {
        const plan = playbookIn(policy).plan.map(step => ({ ...step, mode }));
        const story = Story.under(withPlaybook(policy, { plan }));
        story.careful = false;
        befell.forEach((move, at) => {
          story.at(at);
          if (move.do === 'work') works(story, move.facts);
          else if (move.do === 'watch') story.opened && story.watches();
          else if (story.opened || move.do === 'fires') story[move.do](move.alarm);
        });
        if (!story.opened) return;
        const { timeline, runs } = story.incident;
        expect(runs).toEqual([]);
        expect(timeline.filter(({ type }) => type === 'Published' || type === 'ApprovalRequested')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
