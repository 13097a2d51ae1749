import type { Positions } from 'embedded-aws';
import { RehearsalWorld } from '../../local/world/world.ts';
import { withOperator } from './executions.ts';

const MINUTE = 60_000;

/** A document's name without that of the service. */
export const short = (name: string) => name.replace('mockupaws-production-', '');

/** What a runbook needs to act on, beyond a service that is well. */
const PREPARED: Record<string, (world: RehearsalWorld) => unknown> = {
  'kill-idle-connections': ({ service, clock }) => {
    service.database.startLeak({ application: 'report-export', state: 'idle', perMinute: 600, atMost: 300 });
    return clock.run(8 * MINUTE, () => false);
  },
  'roll-back': ({ service }) => service.deployments.deploy(0.4),
  'update-certificate': ({ service: { certificates } }) => {
    const { arn, names } = certificates.first;
    const Value = arn.split('/').at(-1) ?? '';
    const replacement = certificates.request(names, 'DNS');
    Object.assign(replacement, { status: 'ISSUED', tags: [{ Key: 'incident-response:replaces', Value }] });
  },
};

export const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate';

/** What a person must say, as no service has it as its value. */
export const GIVEN: Record<string, Record<string, string>> = {
  'return-to-revision': { Revision: '40' },
  'raise-memory': { Revision: 'next' },
  'scale-service': { DesiredCount: '5', AutoScaling: 'suspend' },
  'scale-up': { DesiredCount: '12' },
  'raise-max-connections': { MaxConnections: '3444' },
  'circuit-breaker': { State: 'open' },
  'restore-database': { CopyName: 'before', RestoreTo: 'latest' },
  'clone-database': { CopyName: 'trial' },
  'maintenance-mode': { Mode: 'on' },
  'request-replacement': { CertificateArns: `${CERTIFICATE}/3f2a1c5e-7b94-4d0a-9c61-5e8d2f7a4b10` },
  'update-certificate': { Direction: 'replacement' },
};

/** A world in which a document has something to act on. */
export async function prepared(name: string, undocumented: Positions = {}): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(withOperator(), 1, { undocumented });
  await PREPARED[short(name)]?.(world);
  return world;
}
