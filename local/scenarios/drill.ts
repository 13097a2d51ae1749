import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** Sets the alarm as `npx incident drill DatabaseConnections` does. */
export function beginDrill({ account, alarms }: RehearsalWorld): void {
  account.emit('service', { change: 'ada begins a drill: the service is well', fault: true });
  alarms.set({
    AlarmName: 'incident-response/mockupaws-production/database-connections-critical',
    StateValue: 'ALARM',
    StateReason: '[DRILL] set by ada with npx incident drill',
  });
}

/** Sends a person's command for the one incident. */
async function person(world: RehearsalWorld, act: Record<string, unknown>): Promise<void> {
  const [incident] = world.incidents.keys();
  if (!incident) return;
  const asked = { do: 'act', incident, by: 'ada', via: 'command line', requestId: JSON.stringify(act), act };
  const { refused } = await world.command(asked);
  if (refused) throw new Error(`ada was refused: ${refused}`);
}

const timeline = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(incident => incident.timeline);
/** SNS puts the topic's display name before text messages. */
const marked = (text = '') => /^(\w+> )?\[DRILL\]/.test(text);

/** A real alarm of the deployed stack, set off by a person: all that follows is real, but for what it does. */
export const drill: Scenario = {
  name: 'drill',
  title: 'A drill: everything runs, marked, and nothing is touched',
  story:
    'Nothing is wrong. Somebody sets a critical alarm to ALARM to see whether the first page arrives, and what it says. ' +
    'CloudWatch puts the alarm back within a minute; the response runs its whole plan all the same, each runbook dry, ' +
    'and asks for approval where it would.',
  inject: world => {
    const { clock } = world;
    clock.after(2.5 * MINUTE, () => {
      beginDrill(world);
      clock.after(6 * MINUTE, () => person(world, { type: 'acknowledge' }));
      clock.after(9 * MINUTE, () =>
        person(world, { type: 'answer approval', step: 'raise-max-connections', approve: true }),
      );
    });
  },
  minutes: 90,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    RESOLVED,
    PAGED,
    {
      expectation: 'every message is marked as a drill, on top and in its body',
      holds: ({ topics: { messages } }) =>
        messages.length > 0 &&
        messages.every(({ subject, body }) => marked(body) && (subject === undefined || marked(subject))),
    },
    {
      expectation: 'every runbook of the plan runs, dry',
      holds: ({ runbooks: { runs } }) =>
        [...new Set(runs.map(({ name }) => name.replace('mockupaws-production-', '')))].join() ===
          'scale-service,kill-idle-connections,raise-max-connections' &&
        runs.every(
          ({ parameters, outcome }) => parameters['DryRun']?.join() === 'true' && outcome?.status === 'Success',
        ),
    },
    {
      expectation: 'approval is asked for, and given',
      holds: world => timeline(world).some(({ type }) => type === 'ApprovalGiven'),
    },
    {
      expectation: 'the service is as it was',
      holds: ({ service }) => service.healthy && service.tasks.desired === service.tasks.usual,
    },
    {
      expectation: 'nobody is told to do anything for good',
      holds: world => timeline(world).every(({ type }) => type !== 'ActionItemRaised'),
    },
    NO_DEAD_LETTERS,
  ],
};
