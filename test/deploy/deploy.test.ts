import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type FunctionConfiguration, InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ExecutionListItem, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { ALARM_TAGS } from '../../lambda/domain/incident/signal.ts';
import { unpack } from '../../lambda/store/packed.ts';
import type { StoredEvent } from '../../lambda/store/stored-event.ts';
import { type AlarmEvent, alarmEvent, alarmSource } from './alarms.ts';
import { bootstrap, deploy, type Outputs, synthesize } from './cdk.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { bearEnforcement } from './enforced.ts';
import { createGiven, type Given, standOn } from './given.ts';
import { type Inbox, subscribe } from './inbox.ts';
import { step, until } from './progress.ts';
import { leaveOutUnsupported, typesRefused, UNSUPPORTED } from './unsupported.ts';

const SERVICE = 'mockupaws-production';
const STACK = `${SERVICE}-incident-response`;
const CRITICAL = `incident-response/${SERVICE}/database-connections-critical`;
const TITLE = 'mockupAWS Database Connections Exhausted';

let emulator: Emulator;
let refused: string[];
let leftOut: unknown[];
let given: Given;
let outputs: Outputs;
let onCall: Inbox;

beforeAll(async () => {
  emulator = await startEmulator(true);
  const [template] = await Promise.all([synthesize(emulator, STACK), bootstrap(emulator)]);
  refused = await typesRefused(emulator, template);
  given = await createGiven(emulator);
  standOn(given, template);
  bearEnforcement(template);
  leftOut = leaveOutUnsupported(template);
  ({ outputs } = await deploy(emulator, STACK));
  onCall = await subscribe(new SNSClient(emulator.client), output('PagesLevel1'));
});

afterAll(async () => {
  onCall?.close();
  await emulator?.stop();
});

beforeEach(() => {
  onTestFailed(() => {
    process.stderr.write(`The emulator's log ends:\n${emulator.log().slice(-10_000)}`);
  });
});

function output(name: string): string {
  const value = Object.entries(outputs).find(([key]) => key.startsWith(`IncidentResponse${name}`))?.[1];
  if (value === undefined) throw new Error(`The stack has no output ${name}.`);
  return value;
}

interface Commit {
  sk: string;
  events: StoredEvent[];
  /** On the first commit of an incident. */
  id?: string;
}

/** The commits in the table, which holds other items too. */
async function commits(): Promise<Commit[]> {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(emulator.client));
  const { Items = [] } = await table.send(new ScanCommand({ TableName: output('IncidentsTable') }));
  const found = Items.filter(item => 'events' in item).map(
    item => ({ ...item, events: unpack(item['events']) }) as Commit,
  );
  return found.sort((a, b) => a.sk.localeCompare(b.sk));
}

const incidents = async () => (await commits()).filter(({ id }) => id !== undefined);

const timeline = async () =>
  (await commits()).flatMap(({ events }) =>
    events.map(({ type, data, meta }) => ({ type, ...data, ...meta }) as IncidentEvent),
  );

async function executions(): Promise<ExecutionListItem[]> {
  const list = new ListExecutionsCommand({ stateMachineArn: output('ResponseStateMachine') });
  return (await new SFNClient(emulator.client).send(list)).executions ?? [];
}

/** The page with this subject, once it is both delivered and on record. */
async function pageSent(subject: string): Promise<string> {
  const page = await until(`the page "${subject}"`, async () => {
    const onRecord = (await timeline()).some(entry => entry.type === 'PageSent' && entry.subject === subject);
    return onRecord ? onCall.notifications.find(({ Subject }) => Subject === subject) : undefined;
  });
  return page.Message;
}

it('deploys all of the stack but what the emulator does not know', () => {
  expect(refused).toEqual(UNSUPPORTED);
  const runbooks = readdirSync(`${import.meta.dirname}/../../runbooks`).map(file => file.replace('.yaml', ''));
  expect(leftOut.toSorted()).toEqual([...runbooks, 'status'].map(name => `${SERVICE}-${name}`).sort());
});

it('opens an incident when the critical alarm goes off', async () => {
  const cloudWatch = new CloudWatchClient(emulator.client);
  const ALARM = { AlarmName: CRITICAL, StateValue: 'ALARM', StateReason: 'Threshold Crossed' } as const;
  await cloudWatch.send(new SetAlarmStateCommand(ALARM));
  const event = await alarmEvent(cloudWatch, CRITICAL);
  const put = await alarmSource(new EventBridgeClient(emulator.client));

  await put(ofAnotherService(event));
  await put(event);
  const { id } = await until('the incident', async () => (await incidents())[0]);
  // At-least-once delivery.
  await put(event);

  expect(id).toMatch(new RegExp(`^INC-${event.time.slice(0, 10)}-00[12]$`));
  expect((await timeline()).slice(0, 5)).toMatchObject([
    { type: 'IncidentOpened', id, service: SERVICE },
    { type: 'SignalFired', key: `alarm:${CRITICAL}`, level: 'critical' },
    { type: 'SeverityAssigned', severity: 'P2' },
    { type: 'Escalated', level: 1 },
    { type: 'ResponseRequested', attempt: 1 },
  ]);
});

/** Like the event in all that would make it an incident of this service, were it let through. */
function ofAnotherService({ detail, ...event }: AlarmEvent): AlarmEvent {
  const alarmTags = { ...detail.alarmTags, [ALARM_TAGS.service]: 'another-service' };
  return { ...event, id: randomUUID(), detail: { ...detail, alarmName: 'another-alarm', alarmTags } };
}

it('pages level 1 and puts it on record', async () => {
  expect(await pageSent(`[INCIDENT] P2 - ${TITLE}`)).toContain((await incidents())[0]?.id);
  expect(await timeline()).toContainEqual(expect.objectContaining({ type: 'PageSent', level: 1, about: 3 }));
});

it('runs the response until it needs a person: nothing is measured here that a step could stand on', async () => {
  const ended = await until('the end of the response', async () =>
    (await executions()).find(({ status }) => status !== 'RUNNING'),
  );
  expect(ended).toMatchObject({ name: `${(await incidents())[0]?.id}-1`, status: 'SUCCEEDED' });
  // No health URL answers, which makes it a P1.
  expect(await pageSent(`[INCIDENT - NEEDS YOU] P1 - ${TITLE}`)).toContain('automation did nothing');
});

it('did all of it once: the event came twice, and one of another service before', async () => {
  await pageSent(`[INCIDENT] P1 - ${TITLE}`);
  // The watch has its minute whenever it comes.
  const happened = (await timeline())
    .filter(({ type, command }) => type !== 'PageSent' && !command.startsWith('watch/'))
    .map(({ type }) => type);
  expect(happened.slice(5)).toEqual([
    'DiagnosisRecorded',
    'SeverityAssigned',
    'Escalated',
    'StepSkipped',
    'StepSkipped',
    'StepSkipped',
    'ActionItemRaised',
    'HandedOver',
    'ResponseEnded',
  ]);
  expect(await incidents()).toHaveLength(1);
  expect(await executions()).toHaveLength(1);
  expect(onCall.notifications).toHaveLength(3);
});

it('watches without fault', async () => {
  await invoke(await described('every open incident is owed'), {});
});

it('writes the status page by what happened, and as time passes what differs', async () => {
  const writer = await described('What customers see');
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  // Customers are told of it by now; the first update is due the next minute.
  await invoke(await described('every open incident is owed'), {});
  const Bucket = writer.Environment?.Variables?.['SITE_BUCKETS']?.split('/')[1];
  const update = await until('the status page', async () => {
    const posted = (await timeline()).find(entry => entry.type === 'UpdatePosted' && entry.to === 'public');
    const shown = (await timeline()).find(entry => entry.type === 'MessageDelivered' && entry.about === posted?.seq);
    return shown && posted;
  });
  const page = await s3.send(new GetObjectCommand({ Bucket, Key: 'index.html' }));
  expect(page).toMatchObject({ ContentType: 'text/html; charset=utf-8' });
  expect(await page.Body?.transformToString()).toContain(update.at.slice(0, 16));
  const [{ put }] = await invoke(writer, { Records: [{ body: JSON.stringify({ detail: {} }) }] });
  expect(put).toContain('index.html');
  expect(put).not.toContain('404.html');
});

/** The function with these words in its description. */
async function described(words: string): Promise<FunctionConfiguration> {
  for await (const { Functions = [] } of paginateListFunctions({ client: new LambdaClient(emulator.client) }, {})) {
    const found = Functions.find(({ Description }) => Description?.includes(words));
    if (found) return found;
  }
  throw new Error(`No function is described with "${words}".`);
}

async function invoke({ FunctionName, Description }: FunctionConfiguration, event: object) {
  const call = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const answer = await step(Description ?? '', () => new LambdaClient(emulator.client).send(call));
  expect(answer).toMatchObject({ StatusCode: 200 });
  const payload = answer.Payload?.transformToString() ?? '';
  expect(answer.FunctionError, payload).toBeUndefined();
  return JSON.parse(payload);
}

it('has nothing to change when synthesized and deployed again', async () => {
  const template = await synthesize(emulator, STACK);
  standOn(given, template);
  bearEnforcement(template);
  leaveOutUnsupported(template);
  expect((await deploy(emulator, STACK)).said).toContain('(no changes)');
});
