import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import { stormReason } from '../../../lambda/domain/intake/storm.ts';
import { minute, policy, Story, step } from '../../support/story.ts';

const playbook = (name: string): PlaybookPolicy => ({
  ...{ name, title: `Trouble of ${name}`, impact: 'API timeouts', alarms: { [name]: 'critical' } },
  plan: [step(name)],
});

/** An incident of one service in which these causes began at these minutes. */
function incidentOf(causes: readonly { playbook: string; at: number }[]) {
  const story = Story.under({ ...policy([]), playbooks: ['a', 'b', 'c', 'd'].map(playbook) });
  story.fires('a');
  return {
    ...story.incident,
    troubles: causes.map(({ playbook, at }) => ({ playbook, since: minute(at) })),
  };
}

const at = fc.integer({ min: 0, max: 40 });

/** True if three of the times lie within ten minutes, told in another way than the code does. */
const within = (times: number[]) =>
  times.some(from => times.filter(time => time >= from && time <= from + 10).length >= 3);

it('three causes of a service are a storm exactly if they began within ten minutes, in whatever order they are known', () => {
  const causes = fc
    .shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 })
    .chain(names => fc.tuple(...names.map(playbook => fc.record({ playbook: fc.constant(playbook), at }))));
  fc.assert(
    fc.property(causes, causes => {
      const isStorm = stormReason(incidentOf(causes), []) !== undefined;
      expect(isStorm).toBe(within(causes.map(({ at }) => at)));
    }),
  );
});

it('the same trouble is a storm exactly if it began at three services within ten minutes', () => {
  const others = fc.uniqueArray(
    fc.record({
      service: fc.constantFrom('x', 'y', 'z', 'mockupaws-production'),
      playbook: fc.constantFrom('a', 'b'),
      at,
    }),
    { selector: ({ service, playbook }) => `${service}/${playbook}`, maxLength: 8 },
  );
  fc.assert(
    fc.property(at, others, (own, others) => {
      const incident = incidentOf([{ playbook: 'a', at: own }]);
      const reason = stormReason(
        incident,
        others.map(({ service, playbook, at }) => ({ service, playbook, since: minute(at) })),
      );
      const elsewhere = others.filter(({ service, playbook }) => service !== incident.service && playbook === 'a');
      expect(reason !== undefined).toBe(within([own, ...elsewhere.map(({ at }) => at)]));
    }),
  );
});
