import { readdirSync } from 'node:fs';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { type DeploymentDocument, SCHEMA } from '../../lambda/domain/deployed.ts';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import type { Policy, Step } from '../../lambda/domain/incident/policy.ts';
import { alarmKey, type Signal } from '../../lambda/domain/incident/signal.ts';
import { slotOf } from '../../lambda/domain/incident/troubles.ts';
import { RUNBOOK_CRITERIA } from '../../lambda/domain/kernel/severity.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { deploy as store } from '../../lambda/store/deployments.ts';
import { loadHistory } from '../../lambda/store/incidents.ts';
import { client } from '../../lambda/store/table.ts';
import { readFolders } from '../../lib/platform/templates.ts';
import { close, listen, urlOf } from './loopback.ts';
import { memoryTable, type Send, type TableCommand } from './memory-table.ts';
import { remoteTable } from './remote-table.ts';
import { minute, playbookIn, policy, READINGS, START, step, withPlaybook } from './story.ts';

export const ALARM = 'incident-response/mockupaws-production/database-connections-critical';
export const CACHE_ALARM = 'mockupaws-production-cache';
export const KEY = { slot: 'mockupaws-production', number: 1 };

const { playbooks, ...shared } = policyOf(step('kill-idle'));

/** The configuration as a deployment brings it. */
export const DEPLOYED: DeploymentDocument = {
  schema: SCHEMA,
  service: 'mockupaws-production',
  region: 'us-east-1',
  shared,
  playbooks,
  criteria: RUNBOOK_CRITERIA,
  rosters: ['ada', 'ben', 'cleo', 'dora'].map(person => ({ people: [person] })),
  resources: {
    healthUrls: [{ url: 'https://mockupaws.com/health' }],
    cluster: 'production',
    ecsService: 'backend',
    loadBalancer: 'app/production/50dc6c495c0c9188',
    minimumRequests: 50,
    logGroup: '/ecs/production',
    database: { cluster: 'production', maxConnections: 1722 },
  },
  contacts: { addresses: {}, subscribers: [] },
};

let requests = 0;

/** Deploys the configuration with some parts changed. */
export const deploy = (changes: Partial<DeploymentDocument> = {}) =>
  store({ ...DEPLOYED, ...changes }, `request-${++requests}`, new AbortController().signal);

/** The project's own. */
const TEMPLATES = readFolders(...readdirSync(`${import.meta.dirname}/../../templates`));

/** In the tests of a file, functions log nothing, and what a test replaces is restored after it. */
export function useSilence(): void {
  beforeEach(() => {
    for (const level of ['info', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

/** What answers for the table: dynalite's code in memory, or dynalite over HTTP, which takes many times as long, or another server. */
export type TableKind = 'memory' | 'dynalite' | TableServer;

/** Starts a server of DynamoDB's. */
export type TableServer = () => Promise<{ endpoint: string; stop(): Promise<unknown> }>;

/** The table that the store finds. */
export interface Table {
  /** Takes the calls of the store; what replaces it meets them on their way. */
  send: Send;
  /** Puts an empty table in its place. */
  renew(): Promise<void>;
}

/** Runs the tests of a file, each against a table of its own, at `START`, with nothing reachable but what a test mocks. */
export function useResponder(environment: Record<string, string> = {}, kind: TableKind = 'memory'): Table {
  const create = kind === 'memory' ? inMemory : useServer(kind === 'dynalite' ? startDynalite : kind);
  let tables = 0;
  const table: Table = {
    send: () => Promise.reject(new Error('there is no table yet')),
    async renew() {
      const name = `incidents-${++tables}`;
      vi.stubEnv('INCIDENTS_TABLE', name);
      table.send = await create(name);
    },
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(START) });
    vi.stubGlobal('TEMPLATES', TEMPLATES);
    const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const variables = { ...account, SERVICE: DEPLOYED.service, ...environment };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    vi.spyOn(client, 'send').mockImplementation(command => table.send(command as TableCommand));
    await table.renew();
    await deploy();
  });
  useSilence();
  return table;
}

const inMemory = async (name: string) => (await memoryTable(name)).send;

export const startDynalite: TableServer = async () => {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await listen(server);
  return { endpoint: urlOf(server), stop: () => close(server) };
};

/** Starts a server for the tests of a file, and returns how a table is created in it. */
export function useServer(start: TableServer): (name: string) => Promise<Send> {
  let server: Awaited<ReturnType<TableServer>>;
  beforeAll(async () => {
    server = await start();
  });
  beforeEach(() => vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.endpoint));
  afterAll(() => server?.stop());
  return name => remoteTable(name, server.endpoint);
}

/** A policy with two playbooks of these steps, the second independent of the first. */
export function policyOf(...plan: Step[]): Policy {
  const base = withPlaybook(policy(plan), { alarms: { [ALARM]: 'critical' } });
  const other = { name: 'CacheFailure', alarms: { [CACHE_ALARM]: 'critical' as const }, independent: true };
  return { ...base, playbooks: [...base.playbooks, { ...playbookIn(base), ...other }] };
}

export const signal = (changes: Partial<Signal> = {}): Signal => ({
  id: 'event-1',
  key: alarmKey(ALARM),
  state: 'firing',
  level: 'critical',
  service: 'mockupaws-production',
  playbook: 'DatabaseConnections',
  at: START,
  summary: 'Connections: 1700 (threshold 1635)',
  ...changes,
});

/** What the clock says, in minutes since `START`. */
export const setMinute = (minutes: number) => vi.setSystemTime(new Date(minute(minutes)));

/** An open incident of P2 whose first attempt is under way and has been diagnosed. */
export async function openIncident(
  plan: Step[] = [step('kill-idle')],
  changes: Partial<Signal> = {},
  policyChanges: Partial<Policy> = {},
): Promise<IncidentHistory> {
  const opening = signal(changes);
  await receive(opening, { ...policyOf(...plan), ...policyChanges });
  setMinute(0.5);
  const findings = [{ check: 'ECS service', ok: false, summary: 'ECS: 10 of 10 tasks', facts: { desiredTasks: 10 } }];
  const key = { slot: slotOf(opening.service, opening.playbook, policyOf()), number: 1 };
  return committed({ type: 'record diagnosis', id: `diagnose/${opening.playbook}`, attempt: 1, findings }, key);
}

/** The plan has come to a step that needs approval: it was run dry, and people are asked. */
export async function approvalAsked(): Promise<void> {
  const next = (id: string) => committed({ type: 'next step', id, attempt: 1, readings: READINGS });
  const run = (await next('plan')).runs.at(-1)?.run ?? '';
  await committed({ type: 'record outcome', id: 'preview', attempt: 1, outcome: { run } });
  await next('ask');
}

/** The incident after a command that somebody else gave. */
export async function committed(command: Command, key = KEY): Promise<IncidentHistory> {
  const { incident, refused } = await commit(key, command);
  if (!incident || refused) throw new Error(refused ?? 'there is no incident');
  return stored(key);
}

/** The incident with all its events as they are stored. */
export async function stored(key = KEY): Promise<IncidentHistory> {
  const incident = await loadHistory(key);
  if (!incident) throw new Error(`there is no incident ${key.slot} ${key.number}`);
  return incident;
}

/** What the response workflow hands to its functions. */
export const attempt = { ...KEY, id: 'INC-2026-04-07-001', attempt: 1, after: 'start' };

/** The event of the incident bus about an entry of the timeline. */
export const busEvent = (entry: { seq: number | undefined; type?: string }, key = KEY, id = 'INC-2026-04-07-001') => ({
  ...(entry.type === undefined ? {} : { 'detail-type': entry.type }),
  detail: { incident: { ...key, id }, entry },
});

/** The event of the incident bus about the last entry of a type; without one, about an entry that does not exist. */
export async function lastEvent(type: EventType, key = KEY) {
  const { seq } = (await stored(key)).timeline.findLast(entry => entry.type === type) ?? { seq: 99 };
  return busEvent({ seq, type }, key);
}

/** An event as a queue hands it to a function. */
export const queued = (event: object) => ({ Records: [{ body: JSON.stringify(event) }] });

/** Calls a handler as Lambda does, which passes JSON. */
export const invoke = <Result>(
  handler: (event: never, context: never) => Promise<Result>,
  event: unknown,
  context: object = {},
) => handler(JSON.parse(JSON.stringify(event)) as never, context as never);
