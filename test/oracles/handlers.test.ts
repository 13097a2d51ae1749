import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Deployed, resolveTemplate } from 'embedded-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembly } from '../simulation/world.ts';
import type { Invocation, Outcome } from './invoker.ts';
import { type Moto, startMoto } from './moto.ts';
import { type Invoked, Recording } from './recording.ts';

/** What goes wrong because moto is not AWS, and its account is not that of the rehearsal. Anything else is a fault of ours. */
const LEFT: readonly (readonly [why: string, fault: RegExp])[] = [
  // Operations that moto does not have, and the functions that cannot do without.
  ...[
    ...['CloudWatch:GetMetricWidgetImage', 'CloudWatch:ListAlarmMuteRules', 'ECS:DescribeServiceDeployments'],
    ...['ECS:ListServiceDeployments', 'ElastiCache:RebootCacheCluster', 'SNS:ListOriginationNumbers'],
    ...['SSM:GetAutomationExecution', 'RedisHealth/RestartRedisFunction', 'RollBackFunction'],
    ...['Response/Functions/Verify', 'Subscriptions'],
  ].map(what => ['moto does not have it', new RegExp(`^${what}: moto has no answer$`)] as const),
  ['nobody is reached beyond loopback', /^(Deployment\/Deploy|Chat|Pagerduty): .* could not be reached: ENOTFOUND$/],
  ['moto chooses the ARN, and a stored policy has that of the rehearsal', /^ACM:DescribeCertificate: ResourceNotFound/],
  ['the service has logged nothing', /^CloudWatch Logs:FilterLogEvents: ResourceNotFoundException/],
  ['no copy was made yet', /^RDS:DescribeDB\w+: DB\w+NotFoundFault: \w+ mockupaws-production-copy-/],
  ['no page was published yet', /^S3:GetObject: NoSuchKey/],
  ['the link was signed by the key of the rehearsal', /^KMS:VerifyMac: KMSInvalidMacException/],
];

/** Functions that no rehearsal of the recording invokes, and what they are invoked with instead. */
const MADE_UP: Record<string, (recording: Recording) => Pick<Invoked, 'event' | 'tables'> | undefined> = {
  'Response/Functions/HandOver': ({ invocations }) => {
    const { event = {}, tables = {} } = invocations.get('Response/Functions/Plan/Function') ?? {};
    return { event: { ...(event as object), error: { Error: 'States.Runtime', Cause: 'made up' } }, tables };
  },
  RunbookReview: () => ({ event: { 'detail-type': 'Scheduled Event', time: '2026-04-01T09:00:00Z' }, tables: {} }),
  // It wants a request that Slack has signed.
  Slack: () => undefined,
};

const stack = assembly();
const deployed = resolveTemplate(stack);
const functions = deployed
  .filter(({ type }) => type === 'AWS::Lambda::Function')
  .map(resource => ({ name: resource.path.replace(/\/Function$/, ''), resource }));
const tables = deployed.filter(({ type }) => type === 'AWS::DynamoDB::GlobalTable');

let moto: Moto;
let recording: Recording;
let lambda: ChildProcess;
beforeAll(async () => {
  [moto, recording] = await Promise.all([startMoto(stack), Recording.once()]);
  // Lambda's Node.js runtime brings the SDK along.
  const env = { NODE_PATH: join(import.meta.dirname, '../../node_modules') };
  lambda = fork(join(import.meta.dirname, 'invoker.ts'), { env });
});
afterAll(async () => {
  lambda?.kill();
  await moto?.stop();
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Puts the tables into the state that they had when the function was invoked in the rehearsal. */
async function restore(items: Invoked['tables']): Promise<void> {
  const client = new DynamoDBClient({ endpoint: moto.endpoint, region: stack.region, credentials });
  for (const { ref: table, properties } of tables) {
    const keys = (properties['KeySchema'] as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
    const requests: object[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
      for (const item of Items)
        requests.push({ DeleteRequest: { Key: Object.fromEntries(keys.map(key => [key, item[key]])) } });
    const batches = [requests, (items[table] ?? []).map(item => ({ PutRequest: { Item: withBytes(item) } }))];
    for (const batch of batches)
      for (let from = 0; from < batch.length; from += 25)
        await client.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: batch.slice(from, from + 25) } as never }),
        );
  }
}

/** An item as the SDK has it. A stream has bytes as text. */
const withBytes = (item: Record<string, { B?: unknown }>) =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value.B === 'string' ? { B: Buffer.from(value.B, 'base64') } : value,
    ]),
  );

/** Runs a function's bundle against moto, and gives what went wrong. */
async function run(
  { properties, logicalId, ref }: Deployed,
  { event, at = '2026-03-02T09:15:00.000Z' }: Pick<Invoked, 'event'> & { at?: string },
  variables: Record<string, string> = {},
): Promise<Outcome> {
  const [file, handler = ''] = String(properties['Handler']).split('.');
  const asset = stack.template.Resources[logicalId]?.Metadata?.['aws:asset:path'] ?? '';
  const environment = { ...properties['Environment']?.['Variables'], ...variables };
  const renamed: Pick<Invocation, 'event' | 'environment'> = JSON.parse(
    moto.renamed(JSON.stringify({ event, environment })),
  );
  Object.assign(renamed.environment, {
    ...{ AWS_ENDPOINT_URL: moto.endpoint, AWS_REGION: stack.region, AWS_MAX_ATTEMPTS: '1' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_LAMBDA_FUNCTION_NAME: ref },
  });
  const answered = once(lambda, 'message');
  lambda.send({ ...renamed, file: join(stack.directory, asset, `${file}.js`), handler, at });
  const [outcome] = await answered;
  return outcome;
}

const refusals = ({ calls }: Outcome) =>
  calls.flatMap(({ operation, error }) => (error ? `${operation}: ${error}` : []));

describe('runs against moto with the SDK of Lambda, as it runs in the embedded account:', () => {
  const faults: string[] = [];

  it.each(functions)('$name', async ({ name, resource }) => {
    const invoked = recording.invocations.get(resource.path);
    expect(invoked === undefined).toBe(name in MADE_UP);
    const invocation = invoked ?? MADE_UP[name]?.(recording);
    if (!invocation) return;
    await restore(invocation.tables);
    const outcome = await run(resource, invocation);
    const found = [...refusals(outcome), ...(outcome.error ? [`${name}: ${outcome.error}`] : [])];
    faults.push(...found);
    expect(found.filter(fault => !LEFT.some(([, known]) => known.test(fault)))).toEqual([]);
    if (invoked?.operations.size) expect(outcome.calls).not.toEqual([]);
  });

  it('but for what is listed, all of which still goes wrong', () => {
    expect(LEFT.filter(([, known]) => !faults.some(fault => known.test(fault)))).toEqual([]);
  });
});

it('it would say so, of a topic that is none', async () => {
  const [stakeholders] = functions.filter(({ name }) => name === 'Stakeholders');
  const invoked = recording.invocations.get('Stakeholders/Function');
  if (!stakeholders || !invoked) throw new Error('nobody told stakeholders');
  await restore(invoked.tables);
  const outcome = await run(stakeholders.resource, invoked, { NOTICES_TOPIC: 'no topic' });
  expect(refusals(outcome)).toEqual([expect.stringMatching(/^SNS:Publish: /)]);
  expect(outcome.error).toBeDefined();
});
