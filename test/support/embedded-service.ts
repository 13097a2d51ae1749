import { SimulatedService } from '../../local/service/service.ts';
import { embeddedAccount } from './embedded-account.ts';

const SHAPE = {
  ...{ cluster: 'shop', ecsService: 'web', loadBalancer: 'app/shop/1', logGroup: 'shop' },
  ...{ databaseCluster: 'shop', maxConnections: 1722 },
};

/** A simulated service in an embedded account, which lives from then on. */
export function embeddedService(seed = 1) {
  const embedded = embeddedAccount(seed);
  const { clock, random, metrics } = embedded;
  const service = new SimulatedService(SHAPE, clock, random, metrics);
  clock.every(SimulatedService.tickMilliseconds, () => service.tick());
  const pass = (minutes: number) => clock.run(minutes * 60_000);
  return { ...embedded, service, pass };
}
