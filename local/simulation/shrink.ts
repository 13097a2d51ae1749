import type { Plan } from './plan.ts';

/** True while the plan still does what is looked for. */
type Fails = (plan: Plan) => Promise<boolean>;

/**
 * Leaves out of a plan what its failure does not need, by delta debugging: halves of the events first, then quarters, down to
 * one at a time; then each fault.
 */
export async function shrink(plan: Plan, fails: Fails): Promise<Plan> {
  let smallest = plan;
  let parts = 2;
  while (smallest.events.length > 0) {
    const { events } = smallest;
    const size = Math.ceil(events.length / parts);
    const smaller = await firstThat(
      fails,
      Array.from({ length: Math.ceil(events.length / size) }, (_, i) => ({
        ...smallest,
        events: events.filter((_, j) => j < i * size || j >= (i + 1) * size),
      })),
    );
    if (smaller) smallest = smaller;
    else if (size === 1) break;
    parts = smaller ? 2 : Math.min(events.length, parts * 2);
  }
  for (const fault of Object.keys(smallest.faults) as (keyof Plan['faults'])[]) {
    const { [fault]: _, ...faults } = smallest.faults;
    if (await fails({ ...smallest, faults })) smallest = { ...smallest, faults };
  }
  return smallest;
}

async function firstThat(fails: Fails, plans: Plan[]): Promise<Plan | undefined> {
  for (const plan of plans) if (await fails(plan)) return plan;
  return undefined;
}
