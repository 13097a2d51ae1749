import { type Account, type Input, ServiceError } from '../../account/account.ts';
import { ACCOUNT } from '../../assembly/identities.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { type Alarm, type AlarmState, evaluate, evaluationRange, stamp, validateAlarm } from '../../engine/alarm.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Buses } from '../eventbridge.ts';
import type { Topics } from '../sns.ts';
import { CompositeAlarms, type Suppression } from './composite-alarms.ts';
import { type Judged, judgedBy, latenessOf, valuesOf } from './judged-metrics.ts';
import type { Metrics } from './metrics.ts';
import { MuteRules } from './mute-rules.ts';

interface Status {
  state: AlarmState;
  /** When the state became another. */
  since: number;
  /** When it was last set, be it to the same. */
  updated: number;
  reason: string;
  reasonData: string | undefined;
  /** Absent while the alarm takes its actions. */
  suppression?: { actionsSuppressedBy?: Suppression; actionsSuppressedReason?: string };
}

/** An alarm with the metrics that its evaluation reads, and how it judges them. */
interface Watched {
  alarm: Deployed;
  rule: Alarm;
  judged: Judged;
}

interface MetricStat {
  Metric: { Namespace: string; MetricName: string; Dimensions?: { Name: string; Value: string }[] };
  Period: number;
  Stat: string;
  Unit?: string;
}

/** The metrics of an alarm as its events name them. */
function metricsOf({ ref, properties }: Deployed): object[] {
  const { Namespace, MetricName, Dimensions, Period = 60, Statistic, ExtendedStatistic, Unit, Metrics } = properties;
  if (!MetricName)
    return (
      (Metrics ?? []) as { Id: string; Expression?: string; MetricStat?: MetricStat; ReturnData?: boolean }[]
    ).map(({ Id, Expression, MetricStat, ReturnData = true }) => ({
      id: Id,
      ...(Expression ? { expression: Expression } : {}),
      ...(MetricStat ? { metricStat: statOf(MetricStat) } : {}),
      returnData: ReturnData,
    }));
  const metric = { Namespace, MetricName, Dimensions } as MetricStat['Metric'];
  const stat = { Metric: metric, Period, Stat: Statistic ?? ExtendedStatistic, Unit } as MetricStat;
  return [{ id: ref, metricStat: statOf(stat), returnData: true }];
}

const statOf = ({ Metric: { Namespace, MetricName, Dimensions = [] }, Period, Stat, Unit }: MetricStat) => ({
  metric: {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  },
  period: Period,
  stat: Stat,
  ...(Unit ? { unit: Unit } : {}),
});

/** The input of SetAlarmState. */
interface SetAlarmStateInput {
  AlarmName: string;
  StateValue: AlarmState;
  StateReason: string;
  StateReasonData?: string;
}

/** The reason of a state that nothing has judged yet, in CloudWatch's words. */
const CREATED = 'Unchecked: Initial alarm creation';

/** Alarms on a page, and names in a request, at most. */
const PAGE = 100;

/** CloudWatch's alarms: judged once a minute; a change of state becomes an event and sets off the alarm's actions. */
export class Alarms {
  private readonly account: Account;
  private readonly metrics: Metrics;
  private readonly buses: Buses;
  private readonly topics: Topics;
  private readonly isNew: boolean;
  private readonly composites: CompositeAlarms;
  readonly muteRules: MuteRules;
  private readonly statuses = new Map<string, Status>();
  private readonly watched: Watched[] = [];

  /** @param isNew true where alarms are created in time, and have judged nothing: they begin in INSUFFICIENT_DATA */
  constructor(account: Account, metrics: Metrics, buses: Buses, topics: Topics, isNew = false) {
    this.account = account;
    this.isNew = isNew;
    this.metrics = metrics;
    this.buses = buses;
    this.topics = topics;
    for (const alarm of account.ofType('AWS::CloudWatch::Alarm')) {
      const [rule, judged] = [ruleOf(alarm), judgedBy(alarm)];
      validateAlarm(rule);
      account.whenCreated(alarm, () => this.begin({ alarm, rule, judged }));
    }
    account.provide('cloudwatch', {
      DescribeAlarms: {
        resources: () => [`arn:aws:cloudwatch:${account.region}:${ACCOUNT}:alarm:*`],
        run: input => this.describeAlarms(input),
      },
      ListTagsForResource: {
        resources: ({ ResourceARN }) => [ResourceARN],
        run: ({ ResourceARN }) => {
          const alarm = this.all().find(({ arn }) => arn === ResourceARN);
          if (!alarm) throw new ServiceError('ResourceNotFoundException', `${ResourceARN} does not exist`);
          return { Tags: alarm.properties['Tags'] ?? [] };
        },
      },
      SetAlarmState: {
        resources: ({ AlarmName }) => [this.find(AlarmName)?.arn ?? `arn:aws:cloudwatch:::alarm:${AlarmName}`],
        run: input => this.set(input as SetAlarmStateInput),
      },
    });
    this.muteRules = new MuteRules(account, name => {
      const [alarm, status] = [this.find(name), this.statuses.get(name)];
      if (alarm && status) this.act(alarm, status);
    });
    this.composites = new CompositeAlarms(account, isNew, {
      stateOf: name => this.statuses.get(name)?.state,
      begin: ({ ref }, judgement) => {
        const since = account.clock.now - (judgement.state === 'INSUFFICIENT_DATA' ? 0 : 86_400_000);
        this.statuses.set(ref, { ...judgement, since, updated: since });
      },
      change: (alarm, judgement) => {
        const before = this.statuses.get(alarm.ref) as Status;
        const status = { ...judgement, since: account.clock.now, updated: account.clock.now };
        this.statuses.set(alarm.ref, status);
        this.tell(alarm, before, status);
      },
      act: alarm => this.act(alarm, this.statuses.get(alarm.ref) as Status),
    });
  }

  private begin(watched: Watched): void {
    const { now } = this.account.clock;
    const since = this.isNew ? now : now - 86_400_000;
    const [state, reason] = this.isNew
      ? (['INSUFFICIENT_DATA', CREATED] as const)
      : (['OK', 'OK since yesterday'] as const);
    this.watched.push(watched);
    this.statuses.set(watched.alarm.ref, { state, since, updated: since, reason, reasonData: undefined });
  }

  /** Sets the state of an alarm by hand: it acts at once, and lasts until an evaluation comes to another. */
  set({ AlarmName, StateValue, StateReason, StateReasonData }: SetAlarmStateInput): void {
    const alarm = this.find(AlarmName);
    const before = this.statuses.get(AlarmName);
    if (!alarm || !before) throw new ServiceError('ResourceNotFound', `Alarm ${AlarmName} does not exist`);
    const { now } = this.account.clock;
    const since = StateValue === before.state ? before.since : now;
    const status = { state: StateValue, since, updated: now, reason: StateReason, reasonData: StateReasonData };
    this.statuses.set(AlarmName, status);
    if (StateValue !== before.state) this.tell(alarm, before, status);
  }

  /** Gives every alarm the state of one that was just created: INSUFFICIENT_DATA. */
  createAnew(): void {
    const { now } = this.account.clock;
    const reason = CREATED;
    for (const name of this.statuses.keys())
      this.statuses.set(name, { state: 'INSUFFICIENT_DATA', since: now, updated: now, reason, reasonData: undefined });
    this.composites.judgeSoon();
  }

  /** Evaluates every alarm by the periods that have ended. */
  judge(): void {
    if (this.account.isEmpty) return;
    for (const watched of this.watched) this.judgeOne(watched);
  }

  private judgeOne({ alarm, rule, judged }: Watched): void {
    const { statistic, period } = judged;
    const before = this.statuses.get(alarm.ref);
    if (!before) return;
    const { now } = this.account.clock;
    const step = period * 1000;
    const last = Math.floor(now / step) * step - step;
    // CloudWatch reads as many periods more as the metric is late, or a short alarm on a late metric would never see any.
    const late = Math.ceil(latenessOf(judged, this.metrics) / step);
    const length = evaluationRange(rule.evaluationPeriods) + late;
    const range: number[] = [];
    for (let start = last - (length - 1) * step; start <= last; start += step) range.push(start);
    const datapoints = valuesOf(judged, this.metrics, range);
    const metadata = { ...(statistic && { statistic }), period, lastPeriod: new Date(last), queryDate: new Date(now) };
    const evaluation = evaluate(rule, datapoints, before.state, metadata);
    if (evaluation.state === before.state) return;
    const status = { ...evaluation, since: now, updated: now };
    this.statuses.set(alarm.ref, status);
    this.tell(alarm, before, status);
  }

  private tell(alarm: Deployed, before: Status, now: Status): void {
    const { AlarmDescription, Tags = [], ActionConfiguration } = alarm.properties;
    const isHeldBack = this.composites.holdsBack(alarm.ref);
    now.suppression = this.composites.suppressionOf(alarm.ref);
    const value = (status: Status) => ({
      value: status.state,
      reason: status.reason,
      reasonData: status.reasonData,
      timestamp: stamp(new Date(status.since)),
      ...status.suppression,
    });
    const tags = Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
    const propagated = ActionConfiguration?.AlarmTagsPropagation?.Enabled
      ? { alarmTags: tags, alarmTagsStatus: 'SUCCESS' }
      : {};
    const detail = {
      alarmName: alarm.ref,
      configuration: this.composites.configurationOf(alarm.ref) ?? {
        description: AlarmDescription,
        metrics: metricsOf(alarm),
      },
      state: value(now),
      previousState: value(before),
      muteDetail: this.muteRules.detailOf(alarm.ref),
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
    if (!this.muteRules.holdsBack(alarm.ref) && !isHeldBack) this.act(alarm, now);
    this.composites.changed(alarm);
  }

  private act(alarm: Deployed, now: Status): void {
    if (!this.composites.takesActions(alarm.ref, now.state)) return;
    const { AlarmDescription, AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = alarm.properties;
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[now.state];
    for (const topic of actions as string[])
      this.topics.publishFromAlarm(
        topic,
        `${now.state}: "${alarm.ref}"`.slice(0, 100),
        `${AlarmDescription}\n\n${now.reason}\n`,
      );
  }

  private find(name: string): Deployed | undefined {
    return this.all().find(({ ref }) => ref === name);
  }

  private all(): Deployed[] {
    return ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap(type => this.account.ofType(type));
  }

  /** Metric alarms alone unless AlarmTypes names others, in the order of their names, page by page. */
  private describeAlarms({
    AlarmNames,
    AlarmNamePrefix,
    AlarmTypes,
    StateValue,
    MaxRecords,
    NextToken,
    ...more
  }: Input) {
    const [unknown] = Object.keys(more);
    if (unknown) throw new Unsupported('DescribeAlarms', unknown);
    if (AlarmNames && AlarmNamePrefix !== undefined)
      throw new ServiceError('ValidationError', 'AlarmNames and AlarmNamePrefix cannot both be specified');
    if ((AlarmNames?.length ?? 0) > PAGE)
      throw new ServiceError('ValidationError', `AlarmNames must have length less than or equal to ${PAGE}`);
    const types: string[] = AlarmTypes ?? ['MetricAlarm'];
    const found = [...this.statuses]
      .filter(([name]) => (AlarmNames ? AlarmNames.includes(name) : name.startsWith(AlarmNamePrefix ?? '')))
      .filter(([name]) => types.includes(this.composites.describe(name) ? 'CompositeAlarm' : 'MetricAlarm'))
      .filter(([, { state }]) => StateValue === undefined || state === StateValue)
      .map(([name]) => name)
      .sort();
    const from = NextToken === undefined ? 0 : Number(NextToken);
    const page = found.slice(from, from + (MaxRecords ?? PAGE));
    const next = from + page.length;
    const isComposite = (name: string) => this.composites.describe(name) !== undefined;
    return {
      MetricAlarms: page.filter(name => !isComposite(name)).flatMap(name => this.describe(name)),
      CompositeAlarms: page.filter(isComposite).flatMap(name => this.describe(name)),
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  }

  private describe(name: string) {
    const alarm = this.find(name);
    const status = this.statuses.get(name);
    if (!alarm || !status) return [];
    const { Namespace, MetricName, Dimensions, Statistic, Period, Threshold, Metrics } = alarm.properties;
    return [
      {
        ...(this.composites.describe(name) ?? { Threshold }),
        ...(Metrics ? { Metrics } : { Namespace, MetricName, Dimensions, Statistic, Period }),
        AlarmName: name,
        AlarmArn: alarm.arn,
        AlarmDescription: alarm.properties['AlarmDescription'],
        StateValue: status.state,
        StateReason: status.reason,
        StateReasonData: status.reasonData,
        StateUpdatedTimestamp: new Date(status.updated),
        StateTransitionedTimestamp: new Date(status.since),
      },
    ];
  }
}

const ruleOf = ({ properties }: Deployed): Alarm => ({
  comparisonOperator: properties['ComparisonOperator'],
  threshold: properties['Threshold'],
  evaluationPeriods: properties['EvaluationPeriods'],
  datapointsToAlarm: properties['DatapointsToAlarm'],
  treatMissingData: properties['TreatMissingData'],
});
