import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Assembly, DeploymentFailed, type Faults, Unsupported, World } from '../../src/index.ts';

/** A function that tells each event to the log, and answers with what stands in `Answer`, a JSON object, or not at all. */
const FUNCTION = `exports.handler = async event => {
  console.info(event);
  const { StackId, RequestId, LogicalResourceId, ResourceProperties: { Answer } } = event;
  if (Answer === 'crash') throw new Error('crashed');
  const echoed = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'greeting', Status: 'SUCCESS' };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...echoed, ...JSON.parse(Answer ?? '{}') }) });
};`;

/** A stack with a parameter and two greetings, each of which a function makes. */
function stack(...greetings: Record<string, unknown>[]): Assembly {
  const directory = mkdtempSync(join(tmpdir(), 'custom-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'index.js'), FUNCTION);
  const ServiceToken = { 'Fn::GetAtt': ['Greeter', 'Arn'] };
  const custom = greetings.map((properties, i) => [
    `Greeting${i}`,
    { Type: 'Custom::Greeting', Properties: { ServiceToken, ...properties } },
  ]);
  const Greeter = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 3,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
    Metadata: { 'aws:asset:path': '.' },
  };
  const Role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } };
  const Name = { Type: 'AWS::SSM::Parameter', Properties: { Name: '/name', Type: 'String', Value: 'Ada' } };
  const Resources = { Greeter, Role, Name, ...Object.fromEntries(custom) };
  return { name: 'Shop', directory, region: 'eu-west-1', template: { Resources } };
}

/** Deploys, and gives the world with the events that the function got. */
async function deployed(assembly: Assembly, faults: Faults = {}) {
  const world = new World(assembly, { faults });
  // biome-ignore lint/suspicious/noExplicitAny: events of any shape
  const events: any[] = [];
  world.account.listen(({ type, line }) => {
    if (type === 'log') events.push(line);
  });
  await world.start();
  return { world, events };
}

const FAILED = { Answer: JSON.stringify({ Status: 'FAILED', Reason: 'no greeting today' }) };

describe('a custom resource', () => {
  test('is created by its function, with its references resolved and every scalar a string', async () => {
    const { events } = await deployed(stack({ To: { Ref: 'Name' }, Times: 3, Loud: true, Also: [{ Number: 1 }] }));
    expect(events).toEqual([
      {
        RequestType: 'Create',
        ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:Greeter',
        ResourceType: 'Custom::Greeting',
        StackId: expect.stringMatching(/^arn:aws:cloudformation:eu-west-1:123456789012:stack\/Shop\//),
        RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        LogicalResourceId: 'Greeting0',
        ResponseURL: expect.stringMatching(/^https:/),
        ResourceProperties: {
          ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:Greeter',
          ...{ To: '/name', Times: '3', Loud: 'true', Also: [{ Number: '1' }] },
        },
      },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['Custom::Greeting Greeting0: no greeting today', FAILED],
    ['its function never answered', { Answer: 'crash' }],
    ['its function answered with another RequestId', { Answer: '{"RequestId":"another"}' }],
    ['its function gave no PhysicalResourceId', { Answer: '{"PhysicalResourceId":""}' }],
    ['Response object is too long.', { Answer: JSON.stringify({ Data: { Text: 'x'.repeat(4096) } }) }],
  ])('fails the deployment: %s', async (message, properties) => {
    const started = deployed(stack(properties));
    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.toThrow(DeploymentFailed);
  });

  test('is asked for again while Lambda fails, before the function or after it', async () => {
    for (let seed = 0; seed < 20; seed++)
      for (const faults of [{ lost: 0.5 }, { unheard: 0.5 }]) await World.deploy(stack({}), { seed, faults });
    await expect(World.deploy(stack({}), { faults: { broken: ['greeter'] } })).rejects.toThrow('never answered');
  });

  test('has no value that the template may refer to', async () => {
    const assembly = stack({});
    assembly.template.Resources['Copy'] = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/copy', Type: 'String', Value: { Ref: 'Greeting0' } },
    };
    expect(() => new World(assembly)).toThrow('Custom::Greeting Greeting0: a reference to its value');
  });
});

describe('a changed template', () => {
  const changed = (assembly: Assembly, ...properties: Record<string, unknown>[]): Assembly => {
    const altered = structuredClone(assembly);
    for (const [i, more] of properties.entries())
      Object.assign(altered.template.Resources[`Greeting${i}`]?.Properties ?? {}, more);
    return altered;
  };

  test('updates the custom resources that changed, with the properties before', async () => {
    const assembly = stack({ To: 'Ada' }, { To: 'Ben' });
    const { world, events } = await deployed(assembly);
    await world.update(changed(assembly, {}, { To: 'Cleo' }));
    expect(events.map(event => [event.RequestType, event.LogicalResourceId])).toEqual([
      ['Create', 'Greeting0'],
      ['Create', 'Greeting1'],
      ['Update', 'Greeting1'],
    ]);
    expect(events.at(-1)).toMatchObject({
      PhysicalResourceId: 'greeting',
      ResourceProperties: { To: 'Cleo' },
      OldResourceProperties: { To: 'Ben' },
    });
    await world.update(changed(assembly, {}, { To: 'Cleo' }));
    expect(events).toHaveLength(3);
  });

  test('that fails is rolled back, the resources before it too', async () => {
    const assembly = stack({ To: 'Ada' }, { To: 'Ben' });
    const { world, events } = await deployed(assembly);
    const update = world.update(changed(assembly, { To: 'Cleo' }, { To: 'Dora', ...FAILED }));
    await expect(update).rejects.toThrow('no greeting today');
    const told = events.slice(2).map(event => [event.LogicalResourceId, event.ResourceProperties.To]);
    expect(told).toEqual([
      ['Greeting0', 'Cleo'],
      ['Greeting1', 'Dora'],
      ['Greeting0', 'Ada'],
      ['Greeting1', 'Ben'],
    ]);
    expect(world.account.ofType('Custom::Greeting').map(({ properties }) => properties['To'])).toEqual(['Ada', 'Ben']);
  });

  test('of which anything else has changed is refused', async () => {
    const assembly = stack({});
    const { world } = await deployed(assembly);
    const renamed = changed(assembly);
    Object.assign(renamed.template.Resources['Name']?.Properties ?? {}, { Value: 'Ben' });
    await expect(world.update(renamed)).rejects.toThrow(Unsupported);
    await expect(world.update(renamed)).rejects.toThrow('AWS::SSM::Parameter Name: its change by a later deployment');
    await expect(world.update(stack({}, {}))).rejects.toThrow('Greeting1: its change by a later deployment');
  });
});
