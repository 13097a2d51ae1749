import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  ADMINISTRATOR,
  type Change,
  type Message,
  type RunbookRun,
  type Sizes,
  type StreamRecord,
  type WorldEvent,
} from 'embedded-aws';
import type { Received } from '../vendors/vendors.ts';
import type { Publication } from '../world/published.ts';
import type { RecordedIncident, RehearsalWorld } from '../world/world.ts';
import { alarmsOf } from './deeds.ts';
import type { Plan } from './plan.ts';
import { TROUBLE_NAMES, type TroubleName, troubleNamed } from './troubles.ts';

const MINUTE = 60_000;

/** Begins the calls of clients that are nobody's of the stack. */
const PERSON = 'a person ';

/** The parts of the service that are changed for a while, by whomever. */
export interface Changed {
  tasks: boolean;
  scaling: boolean;
  breaker: boolean;
  page: boolean;
}

/** The service once a minute. */
export interface Reading {
  minute: number;
  errorShare: number;
  healthy: boolean;
  changed: Changed;
  /** Troubles of the plan that were struck and last. */
  lasting: TroubleName[];
}

/** All that was seen of a world. Times are ISO 8601; minutes count from the end of the warm-up. */
export interface Chronicle {
  plan: Plan;
  began: string;
  ended: string;
  incidents: RecordedIncident[];
  messages: readonly Message[];
  received: readonly Received[];
  published: readonly Publication[];
  changed: readonly Change[];
  /** Executions that the stack has started. */
  runs: readonly RunbookRun[];
  /** Changes of the alarms that lead to incidents. */
  alarms: { at: string; name: string; state: string }[];
  readings: Reading[];
  letters: { at: string; queue: string }[];
  /** Executions of the response that have failed. */
  crashes: { at: string; name: string; error: string }[];
  /** The keys of commits that were changed after they were written. */
  rewritten: string[];
  /** Requests of people to the command function, and their answers. */
  asked: WorldEvent[];
  largestItemBytes: number;
  /** The largest of what was sent and stored, and what was refused because it is too large. */
  sizes: Pick<Sizes, 'largest' | 'refused'>;
  /** Calls of AWS that were made. */
  calls: number;
  /** How often the stack has made each call since the warm-up, by caller, service and operation. */
  callsOf: Record<string, number>;
  /** The calls that a fault has struck, in order. */
  strikes: { at: string; call: string; kind: string }[];
  /** The same plan has the same, down to each call. */
  hash: string;
}

/** Writes down what happens in a world from now on. */
export class Chronicler {
  private readonly alarms: Chronicle['alarms'] = [];
  private readonly readings: Reading[] = [];
  private readonly letters: Chronicle['letters'] = [];
  private readonly crashes: Chronicle['crashes'] = [];
  private readonly rewritten: string[] = [];
  private readonly asked: WorldEvent[] = [];
  private readonly struck = new Set<TroubleName>();
  private readonly hash = createHash('sha256');
  private readonly began: number;
  private readonly alarmNames: Set<string>;
  private calls = 0;
  private readonly strikes: Chronicle['strikes'] = [];
  private readonly world: RehearsalWorld;

  constructor(world: RehearsalWorld) {
    this.world = world;
    this.began = world.clock.now;
    this.alarmNames = new Set(alarmsOf(world).map(({ ref }) => ref));
    world.account.listen(event => this.note(event));
    world.tables.onRecord(record => this.noteRecord(record));
    world.clock.every(MINUTE, () => void this.readings.push(this.reading()));
  }

  private note(event: WorldEvent): void {
    // Log lines tell the times of a real machine too.
    if (event.type !== 'log') this.hash.update(JSON.stringify(event));
    if (event.type === 'call') this.calls++;
    if (event['struck'])
      this.strikes.push({
        at: event.at,
        call: `${event['function']} ${event['service']} ${event['operation']}`,
        kind: String(event['struck']),
      });
    if (event.type === 'alarm' && this.alarmNames.has(String(event['name'])))
      this.alarms.push({ at: event.at, name: String(event['name']), state: String(event['state']) });
    if (event.type === 'dead letter') this.letters.push({ at: event.at, queue: String(event['queue']) });
    if (event.type === 'workflow' && event['error'])
      this.crashes.push({ at: event.at, name: String(event['name']), error: String(event['error']) });
    if (event.type === 'asked') this.asked.push(event);
    if (event.type === 'planned' && event['do'] === 'trouble') this.struck.add(event['trouble'] as TroubleName);
    if (event.type === 'planned' && event['do'] === 'mend') this.struck.delete(event['trouble'] as TroubleName);
  }

  private noteRecord({ before, after }: StreamRecord): void {
    if (before?.['events'] && !isDeepStrictEqual(before['events'], after?.['events']))
      this.rewritten.push(`${before['pk']?.S} ${before['sk']?.S}`);
  }

  private reading(): Reading {
    const { service, clock, account, parameters } = this.world;
    const { tasks, loadBalancer, scaling } = service;
    const [{ ref: breaker } = { ref: '' }] = account
      .ofType('AWS::SSM::Parameter')
      .filter(({ ref }) => ref.endsWith('/circuit-breakers/redis'));
    return {
      minute: (clock.now - this.began) / MINUTE,
      errorShare: service.errorShare,
      healthy: service.healthy,
      changed: {
        // More tasks than usual are meant to stay.
        tasks: tasks.desired < tasks.usual,
        scaling: !scaling.asPeopleLeftIt,
        breaker: parameters.value(breaker) === 'open',
        page: loadBalancer.maintenance,
      },
      lasting: TROUBLE_NAMES.filter(name => this.struck.has(name) && troubleNamed(name).lasts(this.world)),
    };
  }

  end(plan: Plan): Chronicle {
    const { world, alarms, readings, letters, crashes, rewritten, asked, calls, strikes } = this;
    const { topics, received, published, changed, runbooks, tables, clock, callFaults } = world;
    readings.push(this.reading());
    return {
      ...{
        plan,
        began: new Date(this.began).toISOString(),
        ended: clock.iso,
        incidents: [...world.incidents.values()],
      },
      ...{
        messages: topics.messages,
        received,
        published,
        changed,
        runs: runbooks.runs.filter(({ startedBy }) => startedBy !== ADMINISTRATOR),
      },
      ...{
        alarms,
        readings,
        letters,
        crashes,
        rewritten,
        asked,
        calls,
        strikes,
        largestItemBytes: tables.largestItemBytes,
      },
      sizes: world.account.sizes,
      callsOf: Object.fromEntries([...callFaults.calls].filter(([call]) => !call.startsWith(PERSON))),
      hash: this.hash.digest('hex'),
    };
  }
}
