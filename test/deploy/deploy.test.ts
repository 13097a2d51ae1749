import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { type AlarmEvent, type AlarmSource, alarmSource } from './alarm-source.ts';
import { assembly, bootstrap, deploy, outputsFile, synthesize } from './cdk.ts';
import { ACCOUNT, type Emulator, REGION, startEmulator } from './emulator.ts';
import { errorOfAutomation, eventsOfAnAlarm } from './gaps.ts';
import { type Inbox, subscribe } from './inbox.ts';
import { until } from './poll.ts';
import { step } from './progress.ts';
import { type LeftOut, learntSince, leaveOutUnsupported } from './unsupported.ts';

// DRAFT: what the real app is called, and what its alarms and records look like.
const APP = 'node app.ts';
const STACK = 'Scratch';
const OUTPUT = { table: 'TableName', pages: 'PagesTopicArn', workflow: 'WorkflowArn' };
const MANAGED = { 'incident:managed': 'true' };

let emulator: Emulator;
let leftOut: LeftOut[];
let outputs: Record<string, string>;
let alarms: AlarmSource;
let inbox: Inbox;

beforeAll(async () => {
  emulator = await startEmulator({ waitScale: 0.1 });
  await Promise.all([
    step('cdk bootstrap', () => bootstrap(emulator)),
    step('cdk synth', () => synthesize(emulator, APP)),
  ]);
  leftOut = leaveOutUnsupported(assembly);
  await step('cdk deploy', () => deploy(emulator));
  outputs = JSON.parse(readFileSync(outputsFile, 'utf8'))[STACK];
  alarms = await alarmSource(new EventBridgeClient(emulator.client));
  inbox = await subscribe(new SNSClient(emulator.client), output('pages'));
});

afterAll(async () => {
  inbox?.close();
  await emulator?.stop();
});

function output(name: keyof typeof OUTPUT): string {
  const value = outputs[OUTPUT[name]];
  if (value === undefined) throw new Error(`The stack has no output ${OUTPUT[name]}.`);
  return value;
}

function alarmEvent(alarmName: string, alarmTags: Record<string, string>): AlarmEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: ACCOUNT,
    time: new Date().toISOString(),
    region: REGION,
    resources: [`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${alarmName}`],
    detail: {
      alarmName,
      alarmTags,
      state: { value: 'ALARM', reason: 'Threshold crossed', timestamp: new Date().toISOString() },
      previousState: { value: 'OK' },
      configuration: { metrics: [] },
    },
  };
}

async function incidentsOf(alarmName: string) {
  const table = new DynamoDBClient(emulator.client);
  const { Items = [] } = await table.send(new ScanCommand({ TableName: output('table') }));
  return Items.filter(item => item['alarmName']?.S === alarmName);
}

async function executionsAbout(text: string) {
  const workflows = new SFNClient(emulator.client);
  const { executions = [] } = await workflows.send(new ListExecutionsCommand({ stateMachineArn: output('workflow') }));
  const details = executions.map(({ executionArn }) => workflows.send(new DescribeExecutionCommand({ executionArn })));
  return (await Promise.all(details)).filter(execution => execution.input?.includes(text));
}

it('leaves out only what the emulator still refuses', async () => {
  expect(await learntSince(emulator.endpoint, leftOut)).toEqual([]);
});

it('works around only what the emulator still lacks', async () => {
  expect(await errorOfAutomation(emulator)).toBe('InvalidAction');
  // Once this fails, alarmSource can give way to SetAlarmState.
  expect(await eventsOfAnAlarm(emulator)).toEqual(['marker']);
});

it('turns an alarm into an incident, a page and a workflow', async () => {
  onTestFailed(() => console.error(emulator.log().slice(-20_000)));
  expect(await alarms.put(alarmEvent('unmanaged', {}))).toEqual([]);
  expect(await alarms.put(alarmEvent('checkout-errors', MANAGED))).toHaveLength(1);

  const incident = await until('the incident', async () => (await incidentsOf('checkout-errors'))[0]);
  const id = incident['pk']?.S ?? '';
  expect(incident).toMatchObject({ sk: { S: 'META' }, status: { S: 'OPEN' } });

  const page = await until('the page', async () => inbox.notifications.find(({ Message }) => Message.includes(id)));
  expect(page).toMatchObject({ TopicArn: output('pages'), Subject: 'page' });

  const ended = await until('the end of the workflow', async () => {
    return (await executionsAbout(id)).find(execution => execution.status !== 'RUNNING');
  });
  // No Automation here: the workflow has to have coped without.
  expect(ended.status).toBe('SUCCEEDED');

  expect(await incidentsOf('unmanaged')).toEqual([]);
});

it('has nothing to change when deployed again', async () => {
  expect(await step('cdk deploy, again', () => deploy(emulator))).toContain('no changes');
});
