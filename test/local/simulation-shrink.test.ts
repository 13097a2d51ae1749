import { describe, expect, it } from 'vitest';
import { planOf } from '../../local/simulation/draw.ts';
import { type Plan, readPlan } from '../../local/simulation/plan.ts';
import { shrink } from '../../local/simulation/shrink.ts';

const event = (at: number) => ({ at, do: 'deploy version' }) as const;
const plan: Plan = {
  ...{ seed: 1, start: '2026-03-02T08:45:00.000Z', minutes: 60 },
  faults: { late: 30, lost: 0.1, unordered: true },
  events: Array.from({ length: 11 }, (_, i) => event(i)),
};

describe('a plan is shrunk', () => {
  it('to the events and faults that its failure needs, however they lie', async () => {
    let lived = 0;
    const smallest = await shrink(plan, async ({ events, faults }) => {
      lived++;
      return [2, 9].every(at => events.some(other => other.at === at)) && faults.lost === 0.1;
    });
    expect(smallest).toEqual({ ...plan, events: [event(2), event(9)], faults: { lost: 0.1 } });
    expect(lived).toBeLessThan(60);
  });

  it('to none when it fails in any case, and not at all when each is needed', async () => {
    expect(await shrink(plan, async () => true)).toMatchObject({ events: [], faults: {} });
    expect(await shrink(plan, async smaller => smaller === plan)).toEqual(plan);
  });
});

describe('a plan', () => {
  it('is the same for a seed each time, and as JSON', () => {
    expect(planOf(7)).toEqual(planOf(7));
    expect(readPlan(JSON.stringify(planOf(7)))).toEqual(planOf(7));
    expect(planOf(8)).not.toEqual(planOf(7));
  });

  it.each(['{}', '{"seed": 1, "start": "never", "minutes": 5, "events": []}', 'no JSON'])('is not %s', text => {
    expect(() => readPlan(text)).toThrow();
  });
});
