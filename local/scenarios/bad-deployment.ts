import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './promises.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** A new version fails a share of its requests: taken back, and only then, the service is well again. */
export const badDeployment: Scenario = {
  name: 'bad-deployment',
  title: 'A bad deployment',
  story:
    'A new version is rolled out that fails two fifths of its requests. Error by error it takes the place of the one ' +
    'that worked. The errors began with the deployment: it is stopped and rolled back, before it is everywhere.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a new version is being deployed, and it is a bad one', fault: true });
      service.deployments.deploy(0.4);
    }),
  minutes: 60,
  over: world => world.incidents.size > 0 && world.calm,
  promises: [
    ONE_INCIDENT,
    RESOLVED,
    PAGED,
    {
      promise: 'the deployment is rolled back, once, and nothing else is done',
      kept: world =>
        world.runbooks.runs.map(({ name }) => name.replace(/^.*-(roll-back)$/, '$1')).join() === 'roll-back',
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
