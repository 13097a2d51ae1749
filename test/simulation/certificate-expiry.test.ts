import type { Assembly, Properties } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import {
  certificateExpiry,
  certificateHandedOver,
  certificateReplaced,
} from '../../local/scenarios/certificate-expiry.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { acting } from '../../local/scenarios/of-playbook.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf, withModes, withRunbook } from './world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

async function suffer(
  scenario: Scenario,
  altered: Assembly,
  prepare: (world: RehearsalWorld) => void = () => undefined,
) {
  const world = await RehearsalWorld.create(altered, 3);
  prepare(world);
  scenario.inject(world);
  await world.clock.run(60 * MINUTE, () => false);
  return world;
}

const runs = (world: RehearsalWorld) => acting(world).map(({ name }) => name.replace('mockupaws-production-', ''));
const served = ({ service: { certificates } }: RehearsalWorld) =>
  ['mockupaws.com', 'api.mockupaws.com'].map(host => certificates.servedAt(host)?.arn === certificates.first.arn);

/** Nobody need be asked. */
const automatic = () => withModes({ 'update-certificate': 'auto' });

describe('the new certificate, once it may be served,', () => {
  it('is served by load balancer and CloudFront, and that is what is verified', async () => {
    const world = await suffer(certificateReplaced, automatic());
    expect(runs(world)).toEqual(['request-replacement', 'update-certificate']);
    expect(served(world)).toEqual([false, false]);
    expect(typesOf(world)).toContain('Resolved');
    expect(world.service.healthy).toBe(true);
  });

  it('is taken back when clients do not trust it, and a person is called', async () => {
    const world = await suffer(certificateReplaced, automatic(), ({ service }) => {
      service.certificates.issuesDistrusted = true;
    });
    expect(runs(world).slice(0, 3)).toEqual(['request-replacement', 'update-certificate', 'update-certificate']);
    const [revert] = timelineOf(world).filter(({ type, undoes }) => type === 'StepStarted' && undoes);
    expect(revert).toMatchObject({
      step: 'update-certificate',
      parameters: { CertificateArns: expect.stringContaining(':certificate/'), Direction: 'former' },
    });
    expect(timelineOf(world).filter(({ type }) => type === 'StepFailed')).toMatchObject([
      { reason: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE') },
    ]);
    expect(served(world)).toEqual([true, true]);
    expect(world.service.answers('mockupaws.com')).toBe(true);
    expect(typesOf(world)).toContain('HandedOver');
    expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('NEEDS YOU');
  });

  it('stays where another load balancer, which nobody has configured, still uses the former one', async () => {
    const world = await suffer(certificateReplaced, automatic(), ({ service }) => {
      service.certificates.usedElsewhere = [
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1',
      ];
    });
    expect(runs(world)).toEqual(['request-replacement', 'update-certificate']);
    expect(served(world)).toEqual([false, false]);
    expect(typesOf(world)).not.toContain('Resolved');
    expect(typesOf(world)).toContain('HandedOver');
  });

  it('is not served where the runbook only pretends, and then nothing is resolved', async () => {
    const pretend = (content: Properties) => {
      for (const { inputs } of content['mainSteps'])
        if (inputs.InputPayload) Object.assign(inputs.InputPayload, { dryRun: 'true' });
    };
    const world = await suffer(certificateReplaced, withRunbook('update-certificate', pretend, automatic()));
    expect(served(world)).toEqual([true, true]);
    expect(typesOf(world)).not.toContain('Resolved');
    expect(typesOf(world)).toContain('HandedOver');
  });
});

it('records that are put back only in pretence renew nothing, and nothing is resolved', async () => {
  const altered = withRunbook('restore-validation-records', content => {
    content['mainSteps'][0].inputs.InputPayload.dryRun = 'true';
  });
  const world = await suffer(certificateExpiry, altered);
  expect(world.service.certificates.first.renewal).toBe('PENDING_VALIDATION');
  expect(typesOf(world)).not.toContain('Resolved');
  expect(typesOf(world)).toContain('HandedOver');
});

it('in the last week nobody waits for ACM: the records are put back and a new certificate is requested, and people are called', async () => {
  const world = await suffer(
    { ...certificateExpiry, inject: w => injectLater(w, 5, () => w.service.certificates.loseRecords()) },
    assembly(),
  );
  expect(runs(world)).toEqual(['restore-validation-records', 'request-replacement']);
  expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
});

it('an incident that stays open for weeks keeps no other from being worked on', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  certificateHandedOver.inject(world);
  databaseConnections.inject(world);
  await world.clock.run(60 * MINUTE, () => false);
  const open = [...world.incidents.values()].map(({ timeline, status }) => [timeline[0]?.['playbook'], status]);
  expect(open).toEqual(
    expect.arrayContaining([
      ['CertificateExpiry', 'investigating'],
      ['DatabaseConnections', 'resolved'],
    ]),
  );
});

function injectLater({ clock, service }: RehearsalWorld, days: number, fault: () => void): void {
  clock.after(2 * MINUTE, () => {
    service.certificates.first.notAfter = clock.now + days * DAY;
    fault();
  });
}
