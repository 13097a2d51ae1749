import { type NativeAttributeValue, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import type { DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { handler } from '../../lambda/functions/deploy/handler.ts';
import { contactsOf, currentDeployment, deploy, deployedPolicyOf } from '../../lambda/store/deployments.ts';
import { client } from '../../lambda/store/table.ts';
import { type Fate, useFlakyTable } from '../support/flaky-table.ts';
import { DEPLOYED, invoke, useResponder } from '../support/responder.ts';
import { step } from '../support/story.ts';

const table = useFlakyTable(useResponder());

/** What CloudFormation was answered. */
let answers: Record<string, string>[];
/** The fates of the next answers. */
let puts: Fate[];

beforeEach(() => {
  [answers, puts] = [[], []];
  vi.stubGlobal('fetch', async (url: string, { method, body }: RequestInit) => {
    expect([url, method]).toEqual([`https://answers/${JSON.parse(String(body)).RequestId}?Signature=secret`, 'PUT']);
    expect(Buffer.byteLength(String(body))).toBeLessThanOrEqual(4096);
    const fate = puts.shift() ?? 'answered';
    if (fate !== 'lost') answers.push(JSON.parse(String(body)));
    return new Response('', { status: fate === 'answered' ? 200 : 503 });
  });
});

const request = (RequestType: string, RequestId: string, document?: unknown) => ({
  ...{ RequestType, RequestId, StackId: 'stack', LogicalResourceId: 'Deployment' },
  ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'Deployment' }),
  ResponseURL: `https://answers/${RequestId}?Signature=secret`,
  ResourceProperties: {
    ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:deploy',
    ...(document === undefined ? {} : { Document: typeof document === 'string' ? document : JSON.stringify(document) }),
  },
});

const other = 'another';
const documents = ['one', 'two', 'three'].map(
  (title): DeploymentDocument => ({ ...DEPLOYED, service: other, shared: { ...DEPLOYED.shared, title } }),
);
const [one, two] = documents as [DeploymentDocument, DeploymentDocument];

const send = (...given: Parameters<typeof request>) => invoke(handler, request(...given));
const current = async () => {
  const deployed = await currentDeployment(other);
  return { hash: deployed.policies[0], policy: await deployedPolicyOf(deployed), deployed };
};
const title = async () => (await current()).policy.title;

async function items(): Promise<Record<string, NativeAttributeValue>[]> {
  return (await client.send(new ScanCommand({ TableName: process.env['INCIDENTS_TABLE'] ?? '' }))).Items ?? [];
}

describe('a creation', () => {
  it('stores the policy with its playbooks, and the addresses apart from the rest', async () => {
    const contacts = { addresses: { ada: 'ada@example.com' }, subscribers: [] };
    await send('Create', 'r1', { ...one, contacts });
    const { deployed, policy } = await current();
    expect(policy).toEqual({ ...one.shared, playbooks: one.playbooks });
    expect(deployed).toMatchObject({ service: other, rosters: one.rosters, resources: one.resources });
    expect(await contactsOf(deployed)).toEqual(contacts);
    const withAddress = (await items()).filter(item => JSON.stringify(item).includes('ada@example.com'));
    expect(withAddress.map(({ pk }) => pk.split('/')[0])).toEqual(['contacts']);
    expect(answers).toEqual([
      {
        Status: 'SUCCESS',
        StackId: 'stack',
        RequestId: 'r1',
        LogicalResourceId: 'Deployment',
        PhysicalResourceId: 'Deployment',
      },
    ]);
  });

  it('of nothing leaves the service without a deployment, which says so', async () => {
    await expect(currentDeployment('nobody')).rejects.toThrow('nothing is deployed for nobody');
  });
});

describe('an update', () => {
  it('stores what is new beside what was, and a rollback leads back to the same item', async () => {
    await send('Create', 'r1', one);
    const before = await current();
    await send('Update', 'r2', two);
    expect(await title()).toBe('two');
    await send('Update', 'r3', one);
    expect(await current()).toEqual(before);
  });

  it('of the same content writes nothing new, whatever the order of its fields', async () => {
    await send('Create', 'r1', one);
    const keys = async () => (await items()).map(({ pk }) => pk).sort();
    const before = await keys();
    await send('Update', 'r2', Object.fromEntries(Object.entries(one).reverse()));
    expect(await keys()).toEqual(before);
  });

  it('in another schema is another item', async () => {
    await send('Create', 'r1', one);
    const { hash } = await current();
    await send('Update', 'r2', { ...one, schema: 2 });
    expect((await items()).filter(({ schema }) => schema === 2).length).toBeGreaterThan(0);
    await expect(current()).resolves.toMatchObject({ hash });
  });

  test('delivered twice, late and out of order: the last of CloudFormation counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ document: fc.constantFrom(...documents), again: fc.array(fc.nat()) }), { minLength: 1 }),
        fc.uuid(),
        async (requests, run) => {
          const served: Parameters<typeof request>[] = [];
          for (const [i, { document, again }] of requests.entries()) {
            served.push(['Update', `${run}-${i}`, document]);
            await send(...(served.at(-1) as Parameters<typeof request>));
            for (const n of again) await send(...(served[n % served.length] as Parameters<typeof request>));
            expect(await title()).toBe(document.shared.title);
          }
        },
      ),
      { numRuns: 15 },
    );
    expect(answers.every(({ Status }) => Status === 'SUCCESS')).toBe(true);
  });

  it('delivered twice at the same moment is answered twice with success', async () => {
    await send('Create', 'r1', one);
    await Promise.all([send('Update', 'r2', two), send('Update', 'r2', two), send('Update', 'r2', two)]);
    expect(answers.map(({ Status }) => Status)).toEqual(Array(4).fill('SUCCESS'));
    expect(await title()).toBe('two');
  });

  it('that meets another one at the same moment fails, and the other is current', async () => {
    await Promise.allSettled([send('Update', 'r1', one), send('Update', 'r2', two)]);
    const served = answers.filter(({ Status }) => Status === 'SUCCESS').map(({ RequestId }) => RequestId);
    expect(answers.map(({ Status }) => Status).sort()).toEqual(['FAILED', 'SUCCESS']);
    expect(await title()).toBe(served[0] === 'r1' ? 'one' : 'two');
  });

  it('that ran out of time moves nothing any more', async () => {
    await send('Create', 'r1', one);
    await expect(deploy(two, 'r2', AbortSignal.abort())).rejects.toThrow('aborted');
    expect(await title()).toBe('one');
  });
});

it('a function that knows a deployment goes on with it while the table cannot be read', async () => {
  await send('Create', 'r1', one);
  const { deployed } = await current();
  table.fates = ['lost'];
  expect(await currentDeployment(other)).toEqual(deployed);
  expect(vi.mocked(console.error).mock.calls).toEqual([
    [{ message: 'the deployment cannot be read: the last one known serves on', error: 'ResourceInUseException' }],
  ]);
  table.fates = ['lost'];
  await expect(currentDeployment('nobody')).rejects.toThrow();
});

it('a deletion deletes nothing, not even for a request that cannot be read', async () => {
  await send('Create', 'r1', one);
  const before = await items();
  await send('Delete', 'r2', one);
  await send('Delete', 'r3', 'nonsense');
  expect(await items()).toEqual(before);
  expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
});

describe('CloudFormation is answered', () => {
  const SECRET = 'ada@secret.example.com';

  test('whatever the document is, and never with what it contains', async () => {
    const broken = fc.oneof(
      fc.json({ stringUnit: 'binary' }),
      fc.nat(JSON.stringify(one).length - 1).map(length => JSON.stringify(one).slice(0, length)),
      fc.constantFrom(...Object.keys(one)).map(key => JSON.stringify({ ...one, [key]: undefined })),
      fc.constantFrom(...Object.keys(one)).map(key => JSON.stringify({ ...one, [key]: null })),
    );
    await fc.assert(
      fc.asyncProperty(broken, fc.uuid(), async (document, id) => {
        answers = [];
        await send('Update', id, `${document.slice(0, 1)}"${SECRET}"${document.slice(1)}`);
        await send('Update', `${id}-2`, document);
        expect(answers).toHaveLength(2);
        expect(answers[0]).toMatchObject({ Status: 'FAILED', Reason: expect.any(String) });
        expect(JSON.stringify([answers, vi.mocked(console.error).mock.calls])).not.toContain(SECRET);
      }),
      { numRuns: 50 },
    );
  });

  test.each([undefined, 17, { not: 'a text' }])('when there is no document: %s', async document => {
    await invoke(handler, { ...request('Create', 'r1'), ResourceProperties: { Document: document } });
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('the property Document') }]);
  });

  test('when a call to the table fails, whichever it is; repeated, it succeeds', async () => {
    await send('Create', 'created', one);
    for (const fate of ['lost', 'unheard'] as const)
      for (let calls = 0, failed = true; failed; calls++) {
        answers = [];
        const id = `${fate}-${calls}`;
        table.fates = [...Array(calls).fill('answered'), fate];
        const document = { ...two, region: id, playbooks: [{ ...two.playbooks[0], plan: [step(id)] }] };
        await send('Update', id, {
          ...document,
          contacts: { addresses: { ada: `${id}@example.com` }, subscribers: [] },
        });
        [failed, table.fates] = [table.fates.length === 0, []];
        if (failed) expect(answers).toMatchObject([{ Status: 'FAILED', Reason: /^ResourceInUseException: / }]);
        await send('Update', id, document);
        expect(answers.at(-1)).toMatchObject({ Status: 'SUCCESS' });
      }
  });

  test('again by the next delivery, when nobody took the answer', async () => {
    puts = ['lost'];
    await expect(send('Create', 'r1', one)).rejects.toThrow('answers/r1 answered 503');
    await send('Create', 'r1', one);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(JSON.stringify(vi.mocked(console.error).mock.calls)).not.toContain('Signature');
  });
});
