import type { RehearsalWorld } from '../world/world.ts';
import { IS_P1, NO_DEAD_LETTERS, ONE_INCIDENT } from './promises.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const entries = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
const types = (world: RehearsalWorld) => entries(world).map(({ type }) => type);

/** No task starts any more, and no runbook can change that: a person must. */
export const serviceDownHandedOver: Scenario = {
  name: 'service-down-handed-over',
  title: 'The service is down, and nothing heals it',
  story:
    'The tasks fall, and none can be started in their place: the registry of their image is gone. Scaling up does not ' +
    'help. The maintenance page may be shown, but only if a person approves, and nobody does: that is a no. What is ' +
    'left is told to people, and they are called until one answers.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'all tasks fall, and none can be started', fault: true });
      service.tasks.start = false;
      service.tasks.running = 0;
    }),
  minutes: 90,
  over: world => types(world).includes('HandedOver'),
  promises: [
    ONE_INCIDENT,
    IS_P1,
    {
      promise: 'scaling up is tried, and is not taken for a success',
      kept: world => types(world).includes('StepFailed') && !types(world).includes('StepSucceeded'),
    },
    {
      promise: 'a person is asked for approval, and no answer is a no',
      kept: world =>
        types(world).includes('ApprovalRequested') &&
        types(world).includes('ApprovalDeclined') &&
        !world.service.loadBalancer.maintenance,
    },
    {
      promise: 'the incident is handed over, not resolved',
      kept: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    {
      promise: 'it climbs the escalation path',
      kept: world => entries(world).some(({ type, level }) => type === 'Escalated' && level >= 3),
    },
    NO_DEAD_LETTERS,
  ],
};
