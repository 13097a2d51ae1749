import { type AlarmState, evaluate, evaluationRange, stamp, validateAlarm } from '../engine/alarm.ts';
import { Unsupported } from '../engine/unsupported.ts';
import { type Account, type Input, ServiceError } from './account.ts';
import type { Buses } from './buses.ts';
import type { Metrics } from './metrics.ts';
import type { Deployed } from './template.ts';
import type { Topics } from './topics.ts';

interface Status {
  state: AlarmState;
  since: number;
  reason: string;
  reasonData: string | undefined;
}

/** As the API takes it. */
interface SetAlarmStateInput {
  AlarmName: string;
  StateValue: AlarmState;
  StateReason: string;
  StateReasonData?: string;
}

/** CloudWatch's alarms: judged once a minute; a change of state becomes an event and sets off the alarm's actions. */
export class Alarms {
  private readonly account: Account;
  private readonly metrics: Metrics;
  private readonly buses: Buses;
  private readonly topics: Topics;
  private readonly statuses = new Map<string, Status>();

  constructor(account: Account, metrics: Metrics, buses: Buses, topics: Topics) {
    this.account = account;
    this.metrics = metrics;
    this.buses = buses;
    this.topics = topics;
    for (const alarm of account.ofType('AWS::CloudWatch::Alarm')) {
      if (alarm.properties['Metrics']) throw new Unsupported(`the alarm ${alarm.ref}`, 'metric math');
      validateAlarm(ruleOf(alarm));
      this.statuses.set(alarm.ref, {
        state: 'OK',
        since: account.clock.now - 86_400_000,
        reason: 'OK since yesterday',
        reasonData: undefined,
      });
    }
    account.provide('cloudwatch', {
      DescribeAlarms: {
        run: ({ AlarmNames = [] }: Input) => ({
          MetricAlarms: (AlarmNames as string[]).flatMap(name => this.describe(name)),
        }),
      },
      SetAlarmState: {
        resources: ({ AlarmName }) => [this.find(AlarmName)?.arn ?? `arn:aws:cloudwatch:::alarm:${AlarmName}`],
        run: input => this.set(input as SetAlarmStateInput),
      },
    });
  }

  /** What a person says it is: told at once, and for as long as the next evaluation comes to the same. */
  set({ AlarmName, StateValue, StateReason, StateReasonData }: SetAlarmStateInput): void {
    const alarm = this.find(AlarmName);
    const before = this.statuses.get(AlarmName);
    if (!alarm || !before) throw new ServiceError('ResourceNotFound', `Alarm ${AlarmName} does not exist`);
    const { now } = this.account.clock;
    const since = StateValue === before.state ? before.since : now;
    const status = { state: StateValue, since, reason: StateReason, reasonData: StateReasonData };
    this.statuses.set(AlarmName, status);
    if (StateValue !== before.state) this.tell(alarm, before, status);
  }

  /** Judges every alarm by the periods that have ended. */
  judge(): void {
    for (const alarm of this.account.ofType('AWS::CloudWatch::Alarm')) this.judgeOne(alarm);
  }

  private judgeOne(alarm: Deployed): void {
    const { Namespace, MetricName, Dimensions = [], Statistic, Period, EvaluationPeriods } = alarm.properties;
    const before = this.statuses.get(alarm.ref);
    if (!before) return;
    const { now } = this.account.clock;
    const query = {
      namespace: Namespace,
      name: MetricName,
      dimensions: Dimensions,
      statistic: Statistic,
      period: Period,
    };
    const last = Math.floor(now / (Period * 1000)) * Period * 1000 - Period * 1000;
    const range = Array.from(
      { length: evaluationRange(EvaluationPeriods) },
      (_, i) => last - (evaluationRange(EvaluationPeriods) - 1 - i) * Period * 1000,
    );
    const datapoints = range.map(start => this.metrics.datapoint(query, start));
    const metadata = { statistic: Statistic, period: Period, lastPeriod: new Date(last), queryDate: new Date(now) };
    const { state, reason, reasonData } = evaluate(ruleOf(alarm), datapoints, before.state, metadata);
    if (state === before.state) return;
    this.statuses.set(alarm.ref, { state, since: now, reason, reasonData });
    this.tell(alarm, before, { state, since: now, reason, reasonData });
  }

  private tell(alarm: Deployed, before: Status, now: Status): void {
    const { AlarmDescription, Tags = [], ActionConfiguration, AlarmActions = [], OKActions = [] } = alarm.properties;
    const value = (status: Status) => ({
      value: status.state,
      reason: status.reason,
      reasonData: status.reasonData,
      timestamp: stamp(new Date(status.since)),
    });
    const tags = Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
    const propagated = ActionConfiguration?.AlarmTagsPropagation?.Enabled
      ? { alarmTags: tags, alarmTagsStatus: 'SUCCESS' }
      : {};
    const detail = {
      alarmName: alarm.ref,
      configuration: { description: AlarmDescription, metrics: [] },
      state: value(now),
      previousState: value(before),
      ...propagated,
    };
    this.account.emit('alarm', {
      name: alarm.ref,
      state: now.state,
      description: AlarmDescription,
      reason: now.reason,
    });
    const event = this.buses.event(
      'aws.cloudwatch',
      'CloudWatch Alarm State Change',
      JSON.parse(JSON.stringify(detail)),
      [alarm.arn],
    );
    this.account.clock.after(this.account.random.between(300, 1500), () => {
      this.buses.put(event);
    });
    const actions = now.state === 'ALARM' ? AlarmActions : now.state === 'OK' ? OKActions : [];
    for (const topic of actions as string[])
      this.topics.publishFromAlarm(
        topic,
        `${now.state}: "${alarm.ref}"`.slice(0, 100),
        `${AlarmDescription}\n\n${now.reason}\n`,
      );
  }

  private find(name: string): Deployed | undefined {
    return this.account.ofType('AWS::CloudWatch::Alarm').find(({ ref }) => ref === name);
  }

  private describe(name: string) {
    const alarm = this.find(name);
    const status = this.statuses.get(name);
    if (!alarm || !status) return [];
    const since = new Date(status.since);
    const { Namespace, MetricName, Dimensions, Statistic, Period, Threshold } = alarm.properties;
    return [
      {
        ...{ Namespace, MetricName, Dimensions, Statistic, Period, Threshold },
        AlarmName: name,
        AlarmArn: alarm.arn,
        AlarmDescription: alarm.properties['AlarmDescription'],
        StateValue: status.state,
        StateReason: status.reason,
        StateUpdatedTimestamp: since,
        StateTransitionedTimestamp: since,
      },
    ];
  }
}

const ruleOf = ({ properties }: Deployed) => ({
  comparisonOperator: properties['ComparisonOperator'],
  threshold: properties['Threshold'],
  evaluationPeriods: properties['EvaluationPeriods'],
  datapointsToAlarm: properties['DatapointsToAlarm'],
  treatMissingData: properties['TreatMissingData'],
});
