import type { Random, World } from 'embedded-aws';
import type { RehearsalFaults } from '../../world/faults.ts';
import type { SimulatedService } from '../service.ts';
import type { SimulatedSessions } from '../sessions.ts';
import { provideAcm } from './acm.ts';
import { provideAutoScaling } from './auto-scaling.ts';
import { provideCloudFront } from './cloudfront.ts';
import { provideEc2 } from './ec2.ts';
import { provideEcs } from './ecs.ts';
import { provideEcsTasks } from './ecs-tasks.ts';
import { provideElastiCache } from './elasticache.ts';
import { provideElb } from './elb.ts';
import { provideLogs } from './logs.ts';
import { provideRds } from './rds.ts';
import { provideRoute53 } from './route-53.ts';
import { provideUploads } from './uploads.ts';

interface Surroundings {
  faults: RehearsalFaults;
  /** PostgreSQL, in which the service's sessions are told. */
  sessions: SimulatedSessions;
  /** Decides how stale reads of ECS and RDS are. */
  random: Random;
}

/** Gives the account the AWS APIs through which the simulated service is seen and changed. */
export function provideService(
  { account, objects, secrets }: World,
  service: SimulatedService,
  { faults, sessions, random }: Surroundings,
): void {
  provideEcs(account, service, faults, random);
  provideEcsTasks(account, service);
  provideUploads(account, service, objects);
  provideAutoScaling(account, service);
  provideElb(account, service);
  provideAcm(account, service);
  provideRoute53(account, service);
  provideCloudFront(account, service);
  provideRds(account, service, { faults, secrets, sessions, random: random.of('rds') });
  provideLogs(account, service);
  provideElastiCache(account, service);
  provideEc2(account, service);
  reportParameters(account);
}

/** The tasks of the service read parameters, so that a new value is a change of the service. */
function reportParameters(account: World['account']): void {
  account.onAnswer((_caller, service, operation, _operation, { Name, Value }) => {
    if (service === 'ssm' && operation === 'PutParameter')
      account.emit('service', { change: `the parameter ${Name} is "${Value}"` });
  });
}
