import type { World } from '../world.ts';
import type { Promised } from './scenario.ts';

const MINUTE = 60_000;

/** What befell the incidents of one playbook: another may tell of what people notice. */
export function ofPlaybook(playbook: string) {
  const incidents = (world: World) =>
    [...world.incidents.values()].filter(({ timeline }) => timeline[0]?.['playbook'] === playbook);
  const entries = (world: World, type: string) =>
    incidents(world).flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));
  const oneIncident: Promised = { promise: 'one incident is opened', kept: world => incidents(world).length === 1 };
  return {
    entries,
    oneIncident,
    calm: (world: World) => incidents(world).length > 0 && world.calm,
    handedOver: (world: World) => entries(world, 'HandedOver').length > 0,
  };
}

/** After two quiet minutes something goes wrong, and is shown as it does. */
export const begin = ({ clock, account }: World, change: string, fault: () => void) =>
  clock.after(2 * MINUTE, () => {
    account.emit('service', { change, fault: true });
    fault();
  });

/** Every run of a runbook, in order, by the runbooks' names. */
export const ran = (...names: string[]): Promised => ({
  promise: names.length > 0 ? `the runbooks that run are ${names.join(', ')}` : 'no runbook is run',
  kept: ({ runbooks: { runs } }) =>
    runs.length === names.length && runs.every(({ name }, i) => name.endsWith(`-${names[i]}`)),
});
