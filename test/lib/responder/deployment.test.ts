import { App, Aws, Stack } from 'aws-cdk-lib';
import { resolveTemplate } from 'embedded-aws';
import { describe, expect, it, test } from 'vitest';
import { DEPLOYMENT_RESOURCE, type DeploymentDocument, policyIn } from '../../../lambda/domain/deployed.ts';
import { IncidentsTable } from '../../../lib/platform/incidents-table.ts';
import { faultsOf } from '../../../lib/quotas/check.ts';
import { Deployment } from '../../../lib/responder/deployment.ts';
import { everything } from '../../support/everything.ts';
import { inspect, stackOf } from '../../support/stack.ts';

const { template, deployed, embedded } = stackOf(everything);
const { all } = inspect(template);
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the configuration', () => {
  const [{ id, properties, rest } = { id: '', properties: {}, rest: {} }, ...others] = all(DEPLOYMENT_RESOURCE);

  it('is stored by one resource, which is given up after minutes, not after an hour', () => {
    expect(others).toEqual([]);
    expect(JSON.parse(properties.Document)).toEqual(JSON.parse(JSON.stringify(deployed)));
    expect(Number(properties.ServiceTimeout)).toBe(7 * 60);
  });

  it('is stored by a function that has its permissions by then', () => {
    const policies = all('AWS::IAM::Policy').filter(({ path }) => path.startsWith('Deployment/Deploy/'));
    expect(policies).toHaveLength(1);
    expect(rest).toMatchObject({ DependsOn: expect.arrayContaining(policies.map(policy => policy.id)) });
  });

  it('is there before any event reaches a function that reads it', () => {
    const rules = all('AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(10);
    for (const { path, rest } of rules)
      expect((rest as { DependsOn?: string[] }).DependsOn, path).toEqual(expect.arrayContaining([id]));
  });

  it('is delivered again for minutes alone: later, CloudFormation may have rolled back', () => {
    const invoked = all('AWS::Lambda::EventInvokeConfig').find(({ path }) => path.startsWith('Deployment/'));
    expect(invoked?.properties.MaximumEventAgeInSeconds).toBeLessThan(Number(properties.ServiceTimeout));
  });

  it('fits twice into an event, and each part of it far into an item', () => {
    expect(2 * bytes(JSON.stringify(deployed))).toBeLessThan(200_000);
    const items = [policyIn(deployed), deployed.contacts, { ...deployed, playbooks: [] }];
    expect(Math.max(...items.map(bytes))).toBeLessThan(100_000);
  });
});

const stackWith = (document: DeploymentDocument) => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Stack', { env: { region: 'us-east-1' } });
  new Deployment(stack, 'Deployment', { document, incidents: new IncidentsTable(stack, 'Incidents', everything) });
  return app.synth().getStackByName('Stack').template;
};

test('a value that only the deployment knows is in the document that is stored', () => {
  const document = { ...deployed, region: Aws.REGION, shared: { ...deployed.shared, title: `"${Aws.ACCOUNT_ID}"` } };
  const resources = resolveTemplate({ ...embedded, template: stackWith(document) });
  const resource = resources.find(({ type }) => type === DEPLOYMENT_RESOURCE);
  const stored = JSON.parse(resource?.properties['Document']) as DeploymentDocument;
  expect([stored.region, stored.shared.title]).toEqual(['us-east-1', '"123456789012"']);
});

test('a configuration too large for a deployment is refused, with its largest part', () => {
  const long = { ...deployed.shared, title: 'x'.repeat(120_000) };
  const { Resources } = stackWith({ ...deployed, shared: long });
  expect(faultsOf({ Resources }, { stackName: 'Stack', region: 'us-east-1', file: '' }, everything)).toEqual([
    expect.stringMatching(
      /the configuration that a deployment carries takes 1\d\d,\d{3} bytes, .* most of them in shared\.title\./,
    ),
  ]);
});
