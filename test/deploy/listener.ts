import { readFileSync, writeFileSync } from 'node:fs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import config from '../../config/mockupaws-production.ts';
import type { Emulator } from './emulator.ts';

/** A listener of the protected service, on which the rule with the maintenance page can stand. Gives its ARN. */
export async function createListener({ client }: Emulator): Promise<string> {
  const elb = new ElasticLoadBalancingV2Client(client);
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'mockupaws', Subnets: ['subnet-1', 'subnet-2'] }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const arn = Listeners?.[0]?.ListenerArn;
  if (!arn) throw new Error('The emulator created no listener.');
  return arn;
}

/** Puts it into the template in the place of the one that the example configuration names. */
export function standOn(listener: string, file: string): void {
  const named = config.serviceHealth.maintenance?.listenerArn ?? '';
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(named, listener));
}
