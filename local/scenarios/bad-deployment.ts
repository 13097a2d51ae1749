import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const types = (world: RehearsalWorld) =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline).map(({ type }) => type);

/** A new version fails a share of its requests: taken back, and only then, the service is well again. */
export const badDeployment: Scenario = {
  name: 'bad-deployment',
  title: 'A bad deployment',
  story:
    'A new version is rolled out that fails two fifths of its requests. Error by error it takes the place of the one ' +
    'that worked. The errors began with the deployment: it is stopped and rolled back, before it is everywhere.',
  inject: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a new version is being deployed, and it is a bad one', fault: true });
      service.deployments.deploy(0.4);
    }),
  minutes: 60,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    RESOLVED,
    PAGED,
    {
      expectation: 'the deployment is rolled back, once, and nothing else is done',
      holds: world =>
        world.runbooks.runs.map(({ name }) => name.replace(/^.*-(roll-back)$/, '$1')).join() === 'roll-back',
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** The version that worked works no more: what the deployment changed outside of itself, no rollback brings back. */
export const badDeploymentHandedOver: Scenario = {
  name: 'bad-deployment-handed-over',
  title: 'A bad deployment, and rolling it back does not help',
  story:
    'A new version migrates the data it finds, and fails two fifths of its requests. Rolled back, the version that worked ' +
    'cannot read what was migrated, and fails as many. It is not rolled back twice: a person takes over, also of the ' +
    'symptom that is told later.',
  inject: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a new version is being deployed, which migrates the data', fault: true });
      service.deployments.deploy(0.4);
      const [deployment] = service.deployments.history;
      if (deployment) deployment.source.errorShare = 0.4;
    }),
  minutes: 60,
  done: world => types(world).includes('HandedOver'),
  expectations: [
    PAGED,
    {
      expectation: 'it is rolled back once, and that is not taken for a success',
      holds: world => world.runbooks.runs.length === 1 && !types(world).includes('StepSucceeded'),
    },
    {
      expectation: 'the incident is handed over, not resolved',
      holds: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    NO_DEAD_LETTERS,
  ],
};
