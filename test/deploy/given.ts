import { readFileSync, writeFileSync } from 'node:fs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import config from '../../config/mockupaws-production.ts';
import type { Emulator } from './emulator.ts';

/** What stands in for what the example configuration names and the stack stands on, by its name there. */
export type Given = [named: string, standsIn: string][];

export async function createGiven(emulator: Emulator): Promise<Given> {
  const { serviceHealth, statusPage } = config;
  return [
    [serviceHealth.maintenance?.listenerArn ?? '', await createListener(emulator)],
    [statusPage?.hostedZoneId ?? '', await createHostedZone(emulator)],
  ];
}

/** A listener of the protected service, on which the rule with the maintenance page can stand. Gives its ARN. */
async function createListener({ client }: Emulator): Promise<string> {
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

/** The zone that gets the records of the status page. Gives its id. */
async function createHostedZone({ client }: Emulator): Promise<string> {
  const zone = new CreateHostedZoneCommand({ Name: 'mockupaws.com', CallerReference: 'given' });
  const { HostedZone } = await new Route53Client(client).send(zone);
  const id = HostedZone?.Id?.replace('/hostedzone/', '');
  if (!id) throw new Error('The emulator created no hosted zone.');
  return id;
}

/** Puts it into the template. */
export function standOn(given: Given, file: string): void {
  const template = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    given.reduce((text, [named, standsIn]) => text.replaceAll(named, standsIn), template),
  );
}
