import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, PAGED } from './promises.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const types = (world: RehearsalWorld) =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline).map(({ type }) => type);

/** The version that worked works no more: what the deployment changed outside of itself, no rollback brings back. */
export const badDeploymentHandedOver: Scenario = {
  name: 'bad-deployment-handed-over',
  title: 'A bad deployment, and rolling it back does not help',
  story:
    'A new version migrates the data it finds, and fails two fifths of its requests. Rolled back, the version that worked ' +
    'cannot read what was migrated, and fails as many. It is not rolled back twice: a person takes over, also of the ' +
    'symptom that is told later.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a new version is being deployed, which migrates the data', fault: true });
      service.deployments.deploy(0.4);
      const [deployment] = service.deployments.history;
      if (deployment) deployment.source.errorShare = 0.4;
    }),
  minutes: 60,
  over: world => types(world).includes('HandedOver'),
  promises: [
    PAGED,
    {
      promise: 'it is rolled back once, and that is not taken for a success',
      kept: world => world.runbooks.runs.length === 1 && !types(world).includes('StepSucceeded'),
    },
    {
      promise: 'the incident is handed over, not resolved',
      kept: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    NO_DEAD_LETTERS,
  ],
};
