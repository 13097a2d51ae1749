import { type Account, type Input, ServiceError } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { matcher, validatePattern } from '../engine/event-pattern.ts';
import { parseSchedule } from '../engine/schedule.ts';
import { policyAllows } from '../iam/statements.ts';
import type { Random } from '../random.ts';
import { utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';
import type { Metrics } from './cloudwatch/metrics.ts';
import type { Functions } from './lambda/functions.ts';
import type { Queues } from './sqs.ts';

/** An event as EventBridge delivers it. */
export interface BusEvent {
  id: string;
  source: string;
  'detail-type': string;
  time: string;
  region: string;
  account: string;
  resources: string[];
  detail: unknown;
  version: string;
}

const sumOf = <Value>(values: readonly Value[], of: (value: Value) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0);

/** The size of an entry, after "Calculating PutEvents event entry size" of the User Guide. */
const entryBytes = ({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Input): number =>
  (Time ? 14 : 0) + sumOf([Source, DetailType, Detail, ...Resources], utf8Bytes);

/** EventBridge: buses, rules by pattern, rules by schedule. */
export class Buses {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly queues: Queues;
  private readonly metrics: Metrics;

  constructor(account: Account, functions: Functions, queues: Queues, metrics: Metrics) {
    this.account = account;
    this.metrics = metrics;
    this.functions = functions;
    this.queues = queues;
    for (const rule of account.ofType('AWS::Events::Rule')) this.prepare(rule);
    account.provide('events', {
      PutEvents: {
        resources: ({ Entries }) => [...new Set((Entries as Input[]).map(entry => this.busArn(entry['EventBusName'])))],
        run: ({ Entries }) => {
          account.measure('number of events of a request', Entries.length);
          account.measure('events of a request', sumOf(Entries, entryBytes));
          return { FailedEntryCount: 0, Entries: (Entries as Input[]).map(entry => this.accept(entry)) };
        },
      },
    });
  }

  /** Puts an event on a bus and gives the names of the rules that it matched. */
  put(event: BusEvent, bus = 'default'): string[] {
    const matches = matcher(event);
    const rules = this.account
      .ofType('AWS::Events::Rule')
      .filter(
        ({ properties }) => (properties['EventBusName'] ?? 'default') === bus && properties['State'] !== 'DISABLED',
      )
      .filter(({ properties }) => properties['EventPattern'] && matches(properties['EventPattern']));
    for (const rule of rules) this.target(rule, event);
    return rules.map(({ path }) => path);
  }

  /**
   * Fills in the envelope of an event.
   *
   * @example
   * world.buses.put(world.buses.event('shop', 'OrderPlaced', { id: '1' }));
   */
  event(
    source: string,
    detailType: string,
    detail: unknown,
    resources: string[] = [],
    random: Random = this.account.random,
  ): BusEvent {
    const { clock, region } = this.account;
    const time = `${clock.iso.slice(0, 19)}Z`;
    return {
      version: '0',
      id: random.uuid(),
      'detail-type': detailType,
      source,
      account: ACCOUNT,
      time,
      region,
      resources,
      detail,
    };
  }

  private accept({ Source, DetailType, Detail, EventBusName, Resources }: Input) {
    if (String(Source).startsWith('aws.'))
      throw new ServiceError('NotAuthorizedForSourceException', `Not authorized for the source ${Source}`);
    const event = this.event(Source, DetailType, JSON.parse(Detail), Resources);
    this.put(event, EventBusName);
    return { EventId: event.id };
  }

  private prepare(rule: Deployed): void {
    const { ScheduleExpression: schedule, EventPattern: pattern } = rule.properties;
    if (pattern) validatePattern(pattern);
    for (const { Arn: arn, SqsParameters: parameters } of rule.properties['Targets']) {
      if (!['lambda', 'sqs'].includes(arn.split(':')[2]))
        throw new Unsupported(`the rule ${rule.path}`, `the target ${arn}`);
      if (this.isFifo(arn) && !parameters?.MessageGroupId)
        throw new Unsupported(`the rule ${rule.path}`, 'a FIFO queue without a message group, which gets nothing');
    }
    if (schedule) this.account.whenCreated(rule, () => this.begin(rule, schedule));
  }

  private begin(rule: Deployed, schedule: string): void {
    const { clock, random } = this.account;
    const tick = () => this.target(rule, this.event('aws.events', 'Scheduled Event', {}, [rule.arn]));
    const parsed = parseSchedule(schedule, `the rule ${rule.path}`);
    if ('next' in parsed) {
      this.atTimes(parsed.next, tick);
      return;
    }
    const toNextMinute = 60_000 - (clock.now % 60_000) + random.between(1000, 9000);
    clock.after(toNextMinute, () => {
      clock.every(parsed.every, tick);
      tick();
    });
  }

  /** Within the minute that is due, and never before it. Chance is drawn then: until then the rule changes nothing in its world. */
  private atTimes(next: (now: number) => number, tick: () => void): void {
    const { clock, random } = this.account;
    clock.after(next(clock.now) - clock.now, () => {
      clock.after(random.between(1000, 9000), tick);
      this.atTimes(next, tick);
    });
  }

  private target(rule: Deployed, event: BusEvent): void {
    for (const { Arn: arn, DeadLetterConfig: deadLetters, InputTransformer: transformer, Input: input } of rule
      .properties['Targets']) {
      if (transformer || input) throw new Unsupported(`the rule ${rule.path}`, 'a target with an input of its own');
      const refusal = this.refusal(rule, arn, event);
      this.count(rule, 'Invocations');
      if (!refusal) continue;
      this.count(rule, 'FailedInvocations');
      if (!deadLetters) continue;
      this.count(rule, 'InvocationsSentToDlq');
      this.queues.send(deadLetters.Arn, { event, error: refusal });
    }
  }

  /** Has a target called, or gives the error by which EventBridge never can. */
  private refusal(rule: Deployed, arn: string, event: BusEvent): string | undefined {
    if (arn.split(':')[2] === 'sqs') {
      if (!this.maySend(rule, arn)) return 'NO_PERMISSIONS';
      this.account.clock.after(this.account.random.between(20, 80), () => this.queues.send(arn, event));
      return undefined;
    }
    if (!this.mayInvoke(rule, arn)) return 'NO_PERMISSIONS';
    return this.functions.invokeAsynchronously(arn, event) ? undefined : 'INVALID_PARAMETER';
  }

  /** EventBridge reports no zeros, and names the bus of a rule where that is not the default one. */
  private count({ ref, properties }: Deployed, name: string): void {
    const bus: string | undefined = properties['EventBusName'];
    const RuleName = ref.split('|').at(-1) ?? ref;
    this.metrics.put('AWS/Events', name, { RuleName, ...(bus && bus !== 'default' && { EventBusName: bus }) }, 1);
  }

  private isFifo(arn: string): boolean {
    return this.account.ofType('AWS::SQS::Queue').some(queue => queue.arn === arn && queue.properties['FifoQueue']);
  }

  private mayInvoke(rule: Deployed, functionArn: string): boolean {
    return this.account
      .ofType('AWS::Lambda::Permission')
      .some(
        ({ properties }) =>
          properties['FunctionName'] === functionArn &&
          properties['Principal'] === 'events.amazonaws.com' &&
          properties['SourceArn'] === rule.arn,
      );
  }

  private maySend(rule: Deployed, queueArn: string): boolean {
    const queue = this.account.ofType('AWS::SQS::Queue').find(({ arn }) => arn === queueArn);
    const statements = this.account
      .ofType('AWS::SQS::QueuePolicy')
      .filter(({ properties }) => properties['Queues'].includes(queue?.ref))
      .flatMap(({ properties }) => properties['PolicyDocument'].Statement);
    const context = { 'aws:SourceArn': rule.arn, 'aws:SecureTransport': 'true' };
    return policyAllows(statements, 'events.amazonaws.com', 'sqs:SendMessage', queueArn, context);
  }

  private busArn(name = 'default'): string {
    return `arn:aws:events:${this.account.region}:${ACCOUNT}:event-bus/${name}`;
  }
}
