import { resolveTemplate } from 'embedded-aws';
import { beforeAll, describe, expect, it } from 'vitest';
import { assembly } from '../simulation/world.ts';
import { bundles } from '../support/bundles.ts';
import { ask } from './python.ts';
import { asLine, type Call, Recording } from './recording.ts';

/** The services as botocore names them, where IAM has another name. */
const MODELS: Record<string, string> = {
  elasticloadbalancing: 'elbv2',
  ses: 'sesv2',
  states: 'stepfunctions',
  tag: 'resourcegroupstaggingapi',
};

/** Faults that are none on the wire. */
const LEFT: readonly (readonly [why: string, fault: RegExp])[] = [
  [
    'a number in the SDK for JavaScript and a text in botocore, of which both make the same query',
    /^route53:ListResourceRecordSets: Invalid type for parameter MaxItems, value: 1, /,
  ],
];

/** Operations that a function can call and no rehearsal of the recording does, and why. */
const UNHEARD: Record<string, string> = {
  'cloudwatch:ListTagsForResource': 'alarms carry their tags',
  'ses:GetContact': 'no customer changes a subscription',
  'ses:UpdateContact': 'no customer changes a subscription',
  'sns:ListSMSSandboxPhoneNumbers': 'SMS is out of its sandbox',
  'sns:Subscribe': 'everybody is subscribed',
  'ssm:DescribeAutomationExecutions': 'no runbook is orphaned',
  'ssm:StopAutomationExecution': 'no runbook is orphaned',
  'elasticloadbalancing:AddListenerCertificates': 'the certificate is the default of its listener',
  'elasticloadbalancing:RemoveListenerCertificates': 'the certificate is the default of its listener',
};

/** Operations whose permission has another name, and permissions that no operation asks for by itself. */
const ACTIONS: Record<string, string> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:ListObjectsV2': 's3:ListBucket',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};
const BESIDE = ['ecs:TagResource', 'iam:PassRole'];

type Judged = Omit<Call, 'by'> & { template?: boolean };

/** Gives the faults that AWS's models of its services find in calls. */
async function faultsOf(calls: readonly Judged[]): Promise<string[]> {
  const lines = calls.map(({ service, ...call }) => asLine({ ...call, service: MODELS[service] ?? service }));
  const faults = await ask([`${import.meta.dirname}/judge_calls.py`], lines.join('\n'));
  return (faults as { line: number; fault: string }[]).map(({ line, fault }) => {
    const { service, operation } = calls[line] as Judged;
    return `${service}:${operation}: ${fault}`;
  });
}

describe('what the stack asked of AWS', () => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await Recording.once();
  });

  it('is as the models of the services want it', async () => {
    const faults = [...new Set(await faultsOf([...recording.calls.values()]))];
    expect({
      unexplained: faults.filter(fault => !LEFT.some(([, known]) => known.test(fault))),
      stale: LEFT.filter(([, known]) => !faults.some(fault => known.test(fault))),
    }).toEqual({ unexplained: [], stale: [] });
  });

  it('is every operation that a function can call, but for those that are listed', async () => {
    const heard = new Set([...recording.calls.values()].map(({ service, operation }) => `${service}:${operation}`));
    for (const [operation, action] of Object.entries(ACTIONS)) if (heard.has(operation)) heard.add(action);
    const callable = new Set([...(await bundles()).values()].flatMap(({ actions }) => actions));
    const unheard = [...callable].filter(action => !heard.has(action) && !BESIDE.includes(action));
    expect(unheard.sort()).toEqual(Object.keys(UNHEARD).sort());
  });
});

interface Step {
  action: string;
  inputs: { Service: string; Api: string; Steps?: Step[] } & Record<string, unknown>;
}

const CALLS = ['aws:executeAwsApi', 'aws:waitForAwsResourceProperty', 'aws:assertAwsResourceProperty'];

/** The calls of a document, those within loops too. */
const callsOf = (steps: Step[]): Judged[] =>
  steps.flatMap(({ action, inputs }) => {
    const { Service: service, Api: operation, PropertySelector: _, DesiredValues: __, ...input } = inputs;
    if (CALLS.includes(action)) return [{ service, operation, input, template: true }];
    return callsOf(inputs.Steps ?? []);
  });

it('what the documents ask of AWS by themselves is as the models want it, whatever it is filled with', async () => {
  const contents = resolveTemplate(assembly())
    .filter(({ type }) => type === 'AWS::SSM::Document')
    .map(({ properties }) => properties['Content']);
  const calls = contents.flatMap(({ mainSteps }) => callsOf(mainSteps));
  expect(calls.length).toBeGreaterThan(20);
  expect(await faultsOf(calls)).toEqual([]);
});

it('it would say so, of each rule broken once', async () => {
  const broken: [fault: string, service: string, operation: string, input: object][] = [
    ['there is no operation Publishes', 'sns', 'Publishes', {}],
    ['Missing required parameter in input: "Message"', 'sns', 'Publish', {}],
    ['Unknown parameter in input: "Massage"', 'sns', 'Publish', { Message: 'x', Massage: 'x' }],
    ['Invalid type for parameter desiredCount', 'ecs', 'UpdateService', { service: 'x', desiredCount: '3' }],
    ["stopType is 'ROLLBAK'", 'ecs', 'StopServiceDeployment', { serviceDeploymentArn: 'x', stopType: 'ROLLBAK' }],
    ['Limit, value: 0, valid min value: 1', 'dynamodb', 'Query', { TableName: 'x', Limit: 0 }],
    ['Entries is 11, more than 10', 'events', 'PutEvents', { Entries: Array(11).fill({}) }],
    ["DocumentName is 'a b', which does not match", 'ssm', 'StartAutomationExecution', { DocumentName: 'a b' }],
  ];
  const faults = await faultsOf(broken.map(([, service, operation, input]) => ({ service, operation, input })));
  expect(faults).toEqual(broken.map(([fault]) => expect.stringContaining(fault)));
});
