import type { Assembly, Change, Largest, Message, WorldEvent, WorldOptions } from 'embedded-aws';
import type { Scenario } from '../scenarios/scenario.ts';
import { ASSUMPTIONS, type AssumptionName, assumedBut } from '../world/assumptions.ts';
import type { RehearsalFaults } from '../world/faults.ts';
import type { Publication } from '../world/published.ts';
import { RehearsalWorld } from '../world/world.ts';

const MINUTE = 60_000;

/** The last line of `npm start -- --json`. Its field names are a contract, and older than the words used elsewhere. */
export interface Summary {
  type: 'summary';
  scenario: string | undefined;
  seed: number;
  /** True when every expectation of the scenario holds. */
  kept: boolean;
  promises: { promise: string; kept: boolean }[];
  incident: Record<string, unknown> | null;
  /** Minutes from the fault to each; `outage` is how long people were harmed, as the responder measured it. */
  minutes: Record<'detect' | 'page' | 'mitigate' | 'resolve' | 'outage', number | null>;
  timeline: Record<string, unknown>[];
  messages: Pick<Message, 'channel' | 'to' | 'subject' | 'at'>[];
  runbooks: { name: string; status: string; at: string }[];
  service: { healthy: boolean };
  /** Calls by which the deployed stack changed the protected service, from the account's call log. */
  changed: readonly Change[];
  /** Everything that customers were told, from the status page's bucket and their mailboxes. */
  published: readonly Publication[];
  matched?: { event: number; id: string; matched: boolean; rules: string[] }[];
  /** What of the account was assumed to be set up, in words. */
  assumed: readonly string[];
  /** The app's tables as DynamoDB counts them: bytes of the largest item that was written, and write units that were billed. */
  largestItemBytes: number;
  writeUnits: number;
  /** The largest of each kind that AWS has a limit for, the nearest to its limit first. */
  largest: readonly Largest[];
  virtualSeconds: number;
}

/** The outcome of a rehearsal, and its world, where time now stands still. */
export interface Rehearsed {
  summary: Summary;
  world: RehearsalWorld;
}

export interface RehearsalOptions {
  assembly: Assembly;
  seed: number;
  faults?: RehearsalFaults;
  listener?: (event: WorldEvent) => void;
  /** @default memory */
  tables?: WorldOptions['tables'];
}

/** Rehearses a scenario to its end. */
export async function rehearse(scenario: Scenario, options: RehearsalOptions): Promise<Rehearsed> {
  const { without } = scenario;
  return inWorld({ ...options, without, faults: { ...scenario.faults, ...options.faults } }, async world => {
    scenario.inject(world);
    await world.clock.run(scenario.minutes * MINUTE, () => scenario.done(world));
    await linger(world);
    return {
      scenario: scenario.name,
      promises: scenario.expectations.map(({ expectation, holds }) => ({ promise: expectation, kept: holds(world) })),
    };
  });
}

/** Minutes for which events are followed that lead to an incident nobody resolves. */
const EVENT_MINUTES = 60;

/** Sends events through the synthesised rules of an account whose service is well, and follows what comes of them. */
export async function send(events: Record<string, unknown>[], options: RehearsalOptions): Promise<Rehearsed> {
  return inWorld(options, async world => {
    const matched: NonNullable<Summary['matched']> = [];
    events.forEach((given, event) => {
      world.clock.after(event * 1000, () => {
        const { source, 'detail-type': detailType, detail, resources = [] } = given;
        const filled = {
          ...world.buses.event(String(source), String(detailType), detail, resources as string[]),
          ...given,
        };
        const rules = world.buses.put(filled);
        world.account.emit('event', { event, id: filled.id, source, detailType, matched: rules.length > 0, rules });
        matched.push({ event, id: filled.id, matched: rules.length > 0, rules });
      });
    });
    const followed = events.length * 1000 + 5 * MINUTE;
    await world.clock.run(followed, () => false);
    const settled = () => world.calm || [...world.incidents.values()].every(ended);
    await world.clock.run(EVENT_MINUTES * MINUTE, settled);
    await linger(world);
    return { matched };
  });
}

const ended = ({ status, timeline }: { status: string; timeline: { type: string }[] }) =>
  status === 'resolved' || timeline.some(({ type }) => type === 'HandedOver');

/** Half a minute more: what is on its way arrives. */
const linger = (world: RehearsalWorld) => world.clock.run(MINUTE / 2, () => false);

interface WorldToLive extends RehearsalOptions {
  without?: readonly AssumptionName[] | undefined;
}

async function inWorld(
  { assembly, seed, faults, listener, tables, without }: WorldToLive,
  live: (world: RehearsalWorld) => Promise<Pick<Partial<Summary>, 'scenario' | 'promises' | 'matched'>>,
): Promise<Rehearsed> {
  const world = await RehearsalWorld.create(assembly, seed, faults, undefined, tables, assumedBut(without));
  const started = world.clock.now;
  let fault: string | undefined;
  world.account.listen(event => {
    if (event['fault']) fault ??= event.at;
    listener?.(event);
  });
  const outcome = await live(world);
  return { summary: summarise(world, seed, fault, (world.clock.now - started) / 1000, outcome), world };
}

function summarise(
  world: RehearsalWorld,
  seed: number,
  fault: string | undefined,
  virtualSeconds: number,
  { scenario, promises = [], matched }: Pick<Partial<Summary>, 'scenario' | 'promises' | 'matched'>,
): Summary {
  const [incident] = world.incidents.values();
  const timeline = incident?.timeline ?? [];
  const first = (type: string) => timeline.find(entry => entry.type === type)?.at;
  const start = fault ?? first('IncidentOpened');
  const since = (at: string | undefined) =>
    at && start ? Math.round((Date.parse(at) - Date.parse(start)) / 600) / 100 : null;
  const measured = timeline.find(({ type }) => type === 'OutageMeasured');
  const { topics, runbooks, service } = world;
  return {
    type: 'summary',
    scenario,
    seed,
    kept: promises.every(({ kept }) => kept),
    promises,
    incident: incident
      ? {
          id: incident.id,
          title: timeline[0]?.['title'],
          severity: incident.severity,
          status: incident.status,
          openedAt: incident.openedAt,
          mitigatedAt: first('Mitigated') ?? null,
          resolvedAt: first('Resolved') ?? null,
        }
      : null,
    minutes: {
      detect: since(first('IncidentOpened')),
      page: since(topics.messages[0]?.at),
      mitigate: since(first('Mitigated')),
      resolve: since(first('Resolved')),
      outage: measured?.['to'] ? (Date.parse(measured['to']) - Date.parse(measured['from'])) / 60_000 : null,
    },
    timeline: timeline.map(({ policy: _, ...entry }) => entry),
    messages: topics.messages.map(({ channel, to, subject, at }) => ({ channel, to, subject, at })),
    runbooks: runbooks.runs.map(({ name, outcome, startedAt }) => ({
      name,
      status: outcome?.status ?? 'InProgress',
      at: startedAt,
    })),
    service: { healthy: service.healthy },
    changed: world.changed,
    published: world.published,
    ...(matched ? { matched } : {}),
    assumed: world.assumed.map(name => ASSUMPTIONS[name].text),
    largestItemBytes: world.tables.largestItemBytes,
    writeUnits: world.tables.writeUnits,
    largest: world.account.sizes.largest,
    virtualSeconds: Math.round(virtualSeconds),
  };
}
