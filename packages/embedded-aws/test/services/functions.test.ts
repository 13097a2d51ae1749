import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CallFault, type Resource, World, type WorldOptions } from '../../src/index.ts';

/** A stack with a table and one function of this code, whose SDK clients are at hand. */
async function worldOf(
  code: string,
  options: WorldOptions = {},
  properties: object = {},
  more: Record<string, Resource> = {},
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'functions-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const library = `const { DynamoDBClient, GetItemCommand, PutItemCommand } = require('@aws-sdk/client-dynamodb');
    const client = new DynamoDBClient({});
    const Key = { id: { S: 'count' } };
    const read = async () => Number((await client.send(new GetItemCommand({ TableName: process.env.TABLE, Key }))).Item?.n.N ?? 0);
    const write = n => client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { ...Key, n: { N: String(n) } } }));`;
  writeFileSync(join(directory, 'index.js'), `${library}\n${code}`);
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const Role: Resource = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement } }] },
  };
  const Counts: Resource = {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  };
  const Count: Resource = {
    Type: 'AWS::Lambda::Function',
    Metadata: { 'aws:asset:path': '.' },
    Properties: {
      ...{ Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 10, MemorySize: 128 },
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: { TABLE: { Ref: 'Counts' } } },
      ...properties,
    },
  };
  const template = { Resources: { Role, Counts, Count, ...more } };
  return World.deploy({ name: 'Shop', directory, region: 'eu-west-1', template }, options);
}

/** A role that may invoke the function by one name, and the answer when it does so by another. */
const ALIASED = `const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
const lambda = new LambdaClient({});
exports.handler = async ({ by }, { invokedFunctionArn }) => {
  if (!by) return invokedFunctionArn.split(':').at(-1);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: by, Payload: '{}' }));
  return JSON.parse(answer.Payload.transformToString());
};`;

const COUNT = `exports.handler = async () => {
  const n = await read();
  await new Promise(resolve => setTimeout(resolve, 500));
  await write(n + 1);
  return n + 1;
};`;
const faulty = (fault: Partial<CallFault>): WorldOptions => ({
  faults: { calls: [{ service: 'dynamodb', operation: 'PutItem', kind: 'throttled', ...fault }] },
});
const nameIn = ({ account }: World) => account.find('AWS::Lambda::Function', 'Count')?.ref ?? '';
const invoke = (world: World) => world.functions.invoke(nameIn(world), {});
const together = (world: World, times: number) => Promise.all(Array.from({ length: times }, () => invoke(world)));

describe('invocations', () => {
  test('yield at every call, so that two that read and then write overtake each other', async () => {
    const world = await worldOf(COUNT);
    expect((await together(world, 2)).map(({ payload }) => payload)).toEqual([1, 1]);
    expect((await invoke(world)).payload).toBe(2);
  });

  test('run in processes of their own, each for one at a time', async () => {
    const world = await worldOf('let calls = 0; exports.handler = async () => { await read(); return ++calls; };');
    const calls = async (times: number) => (await together(world, times)).map(({ payload }) => payload);
    expect([await calls(1), await calls(1), (await calls(2)).toSorted()]).toEqual([[1], [2], [1, 3]]);
  });

  test('of more than may run are refused, and tried again where they came as events', async () => {
    const world = await worldOf(COUNT, { concurrency: 1 });
    const errors = (await together(world, 2)).map(({ error }) => error?.errorType);
    expect(errors).toEqual([undefined, 'TooManyRequestsException']);
    for (let i = 0; i < 3; i++) world.functions.invokeAsynchronously(nameIn(world), {});
    await world.clock.run(60_000);
    expect((await invoke(world)).payload).toBe(5);
  });

  test('for which some are reserved have these, and leave the others theirs; an account of ten has none to reserve', async () => {
    const reserved = { ReservedConcurrentExecutions: 1 };
    await expect(worldOf(COUNT, {}, reserved)).rejects.toThrow('below its minimum value of [10]');
    await expect(worldOf(COUNT, { concurrency: 100 }, reserved)).rejects.toThrow('below its minimum value of [100]');
    const world = await worldOf(COUNT, { concurrency: 101 }, reserved);
    const errors = (await together(world, 2)).map(({ error }) => error?.errorType);
    expect(errors).toEqual([undefined, 'TooManyRequestsException']);
  });

  test('run in processes whose clocks are off, each by seconds of its own', async () => {
    const world = await worldOf('exports.handler = async () => { await read(); return Date.now(); };', {
      faults: { skewed: 20 },
    });
    const offs = async () => (await together(world, 3)).map(({ payload }) => Number(payload) - world.clock.now);
    const first = await offs();
    expect(first.every(off => Math.abs(off) < 21_000)).toBe(true);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(2000);
    // A process keeps its clock.
    const rounded = (all: number[]) => all.map(off => Math.round(off / 1000)).sort();
    expect(rounded(await offs())).toEqual(rounded(first));
  });

  test('take the time of a start, of connections and of code, and answer at their end', async () => {
    const timed = `exports.handler = async () => {
      const began = Date.now();
      await read();
      const first = Date.now();
      await read();
      const second = Date.now();
      return [first - began, second - first, second];
    };`;
    for (let seed = 0; seed < 20; seed++) {
      const world = await worldOf(timed, { seed });
      const cold = await invoke(world);
      const [first = 0, second = 0, last = 0] = cold.payload as number[];
      expect(first).toBeGreaterThanOrEqual(35);
      expect(second).toBeLessThanOrEqual(50);
      expect(world.clock.now).toBeGreaterThan(last);
      expect(cold.milliseconds).toBeGreaterThanOrEqual(200 + first + second);
      const warm = await invoke(world);
      expect((warm.payload as number[])[0]).toBeLessThanOrEqual(50);
      expect(warm.milliseconds).toBeLessThanOrEqual(130);
    }
  });

  test('that failed are dated at their beginning, and known at their end', async () => {
    const world = await worldOf(
      'exports.handler = () => new Promise(r => setTimeout(r, 90_000));',
      {},
      { Timeout: 60 },
    );
    const query = {
      ...{ namespace: 'AWS/Lambda', name: 'Errors', dimensions: [{ Name: 'FunctionName', Value: nameIn(world) }] },
      ...{ statistic: 'Sum', period: 60 },
    };
    await world.clock.run(60_000 - (world.clock.now % 60_000));
    const minute = world.clock.now;
    const ended = invoke(world);
    const before = world.metrics.datapoint(query, minute);
    await ended;
    expect([before, world.metrics.datapoint(query, minute)]).toEqual([undefined, 1]);
  });

  test('end when their time is up, and nothing of them goes on', async () => {
    const late = 'exports.handler = async () => { await new Promise(r => setTimeout(r, 5000)); await write(7); };';
    const world = await worldOf(late, {}, { Timeout: 3 });
    const { error, milliseconds } = await invoke(world);
    expect(error?.errorMessage).toBe('Task timed out after 3.00 seconds');
    expect(Math.floor(milliseconds / 1000)).toBe(3);
    let written = false;
    world.tables.onRecord(() => {
      written = true;
    });
    await world.clock.run(60_000);
    expect(written).toBe(false);
  });

  test('draw chance by the seed: numbers, ids and bytes', async () => {
    const drawn = `exports.handler = async () => [Math.random(), crypto.randomUUID(), require('node:crypto').randomBytes(4).toString('hex')];`;
    const payloads = [];
    for (const seed of [1, 1, 2]) payloads.push((await invoke(await worldOf(drawn, { seed }))).payload);
    expect(payloads[0]).toEqual(payloads[1]);
    expect(payloads[0]).not.toEqual(payloads[2]);
  });
});

describe('a fault of one call', () => {
  test.each(['throttled', 'unavailable', 'timeout', 'unheard'] as const)(
    'that is %s once is tried again by the SDK',
    async kind => {
      const world = await worldOf(COUNT, faulty({ kind }));
      expect((await invoke(world)).payload).toBe(1);
      expect(world.callFaults.struck).toEqual([1]);
    },
  );

  test('that lasts reaches the function under its own name', async () => {
    const caught = `exports.handler = async () => { try { await write(1); } catch (error) { return error.name; } };`;
    const names = [];
    for (const kind of ['throttled', 'unavailable', 'timeout'] as const)
      names.push((await invoke(await worldOf(caught, faulty({ kind, count: 9 })))).payload);
    expect(names).toEqual(['ThrottlingException', 'ServiceUnavailable', 'TimeoutError']);
  });

  test('that is never answered is waited for until the time is up, unless the client says for how long', async () => {
    const patient = `const patient = new DynamoDBClient({ requestHandler: { requestTimeout: 2000, throwOnRequestTimeout: true } });
      exports.handler = async () => patient.send(new PutItemCommand({ TableName: process.env.TABLE, Item: Key })).then(() => 'done');`;
    const once = faulty({ kind: 'silent' });
    expect(await invoke(await worldOf(COUNT, once))).toMatchObject({ error: { errorType: 'Sandbox.Timedout' } });
    expect(await invoke(await worldOf(patient, once))).toMatchObject({ payload: 'done' });
  });

  test('an answer that is lost leaves the call done', async () => {
    const world = await worldOf('exports.handler = () => write(1);', faulty({ kind: 'unheard', count: 9 }));
    const written: unknown[] = [];
    world.tables.onRecord(({ after }) => written.push(after));
    expect((await invoke(world)).error?.errorType).toBe('TimeoutError');
    expect(world.callFaults.struck).toEqual([3]);
  });

  test.each([
    ['killed before', 1],
    ['killed after', 2],
  ] as const)('%s ends the process there', async (kind, next) => {
    const world = await worldOf(COUNT, faulty({ kind }));
    expect((await invoke(world)).error?.errorType).toBe('Runtime.ExitError');
    expect((await invoke(world)).payload).toBe(next);
  });

  test('strikes the caller, the occurrence or the minutes that it names', async () => {
    const struck = async (fault: Partial<CallFault>) => {
      const world = await worldOf(COUNT, { ...faulty(fault), deployment: 'yesterday' });
      for (let i = 0; i < 3; i++) {
        await invoke(world);
        await world.clock.run(60_000);
      }
      return world.callFaults.struck;
    };
    expect(await struck({ caller: 'another' })).toEqual([0]);
    expect(await struck({ caller: 'count', first: 2, count: 2 })).toEqual([2]);
    expect(await struck({ from: 1, to: 2 })).toEqual([3]);
    expect(await struck({ from: 1, first: 1 })).toEqual([1]);
    expect(await struck({ first: 1, minutes: 0.5 })).toEqual([3]);
    expect(await struck({ first: 1, minutes: 1.5, count: 5 })).toEqual([5]);
  });

  test('is planned by what was counted: who has made which calls how often', async () => {
    const world = await worldOf(COUNT, faulty({ kind: 'throttled', first: 2 }));
    for (let i = 0; i < 3; i++) await invoke(world);
    expect([...world.callFaults.calls]).toEqual([
      ['count dynamodb GetItem', 3],
      ['count dynamodb PutItem', 4],
    ]);
  });
});

describe('an alias', () => {
  const Alias: Resource = {
    Type: 'AWS::Lambda::Alias',
    Properties: { FunctionName: { Ref: 'Count' }, FunctionVersion: '$LATEST', Name: 'front' },
  };
  const roleFor = (Resource: string): Resource => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }] } }],
    },
  });

  test('invokes its function, which learns by what it was invoked; a role needs the very name that it calls', async () => {
    const answers = async (granted: (name: string) => string) => {
      const role = roleFor(granted('arn:aws:lambda:eu-west-1:123456789012:function:Count'));
      const world = await worldOf(ALIASED, {}, {}, { Alias, Role: role });
      const { arn = '' } = world.account.find('AWS::Lambda::Function', 'Count') ?? {};
      const call = async (by: string) => {
        const { payload, error } = await world.functions.invoke(arn, { by });
        return payload ?? error?.errorMessage.replace(/^.*is not authorized.*$/, 'refused');
      };
      return [await call(arn), await call(`${arn}:front`)];
    };
    expect(await answers(name => name)).toEqual(['Count', 'refused']);
    expect(await answers(name => `${name}:front`)).toEqual(['refused', 'front']);
  });
});
