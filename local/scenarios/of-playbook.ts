import type { Entry, RehearsalWorld } from '../world/world.ts';
import type { Expectation } from './scenario.ts';

const MINUTE = 60_000;

/** The events that give an incident its playbook. */
const LEADS = ['IncidentOpened', 'CauseFound'];

/** The incidents of one playbook, be it that a symptom has opened them. */
export function ofPlaybook(playbook: string) {
  const leads = (entry: Entry) => LEADS.includes(entry.type) && entry['playbook'] === playbook;
  const incidents = (world: RehearsalWorld) =>
    [...world.incidents.values()].filter(({ timeline }) => timeline.some(leads));
  const entries = (world: RehearsalWorld, type: string) =>
    incidents(world).flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));
  const oneIncident: Expectation = {
    expectation: 'one incident is opened',
    holds: world => incidents(world).length === 1,
  };
  return {
    entries,
    oneIncident,
    calm: (world: RehearsalWorld) => incidents(world).length > 0 && world.calm,
    /** By its own plan: that of a symptom may have ended before. */
    handedOver: (world: RehearsalWorld) =>
      incidents(world).some(({ timeline }) =>
        timeline.slice(timeline.findIndex(leads)).some(({ type }) => type === 'HandedOver'),
      ),
  };
}

/** After two quiet minutes something goes wrong, and is shown as it does. */
export const begin = ({ clock, account }: RehearsalWorld, change: string, fault: () => void) =>
  clock.after(2 * MINUTE, () => {
    account.emit('service', { change, fault: true });
    fault();
  });

/** The runs of runbooks that were to act, in order. */
export const acting = ({ runbooks: { runs } }: RehearsalWorld) =>
  runs.filter(({ parameters }) => parameters['DryRun']?.[0] !== 'true');

/** Every run of a runbook that was to act, in order, by the runbooks' names. */
export const ran = (...names: string[]): Expectation => ({
  expectation: names.length > 0 ? `the runbooks that act are ${names.join(', ')}` : 'no runbook acts',
  holds: world => {
    let next = 0;
    // A remedy that could not help is tried again later, for as long as the trouble lasts.
    const asExpected = acting(world).every(({ name }, i, all) => {
      if (!name.endsWith(`-${names[next]}`)) return name === all[i - 1]?.name;
      next++;
      return true;
    });
    return asExpected && next === names.length;
  },
});
