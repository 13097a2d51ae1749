import { CfnOutput, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  type CfnAlarm,
  Column,
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IWidget,
  LegendPosition,
  Metric,
  Row,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Resources } from '../../lambda/domain/diagnosis/resources.ts';
import { DEFINITIONS, RUN_METRIC, TARGETS, TIME_NAMES, TIMES } from '../../lambda/domain/figures/figures.ts';
import { PROBE_NAMESPACE } from '../../lambda/domain/kernel/probe-metrics.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { dashboardOf } from '../config/service-policy.ts';
import type { OwnAlarms } from '../platform/own-alarms.ts';
import { probeMetric } from '../platform/probe-metric.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { PlannedPlaybook } from '../playbooks/playbook.ts';

export interface ServiceDashboardProps {
  config: ServiceConfig;
  resources: Resources;
  playbooks: readonly PlannedPlaybook[];
  ownAlarms: OwnAlarms;
  /**
   * The functions without which no incident takes its way. The others fail into dead letters, steps or a hand-over, which
   * notify people.
   */
  functions: Record<string, ResponderFunction>;
  watch: ResponderFunction;
}

/** The current state is shown for this range, whichever one is chosen for the figures. */
const LATELY = { start: '-PT3H' };

/**
 * One page: how the service is, how incidents were answered over the range chosen, and how the responder is. At most 50
 * metrics, as far as CloudWatch shows a dashboard for nothing; alarms do not count.
 */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);
    const { config, resources, playbooks, ownAlarms, functions, watch } = props;
    const { name, url } = dashboardOf(config);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: name, defaultInterval: Duration.days(28) });
    dashboard.addWidgets(...alarmsOfPlaybooks(playbooks, alarmsIn(scope)));
    if (playbooks.some(({ probed }) => probed)) dashboard.addWidgets(...health(config, resources));
    dashboard.addWidgets(definitions(config), new Column(...figures(config)));
    dashboard.addWidgets(...runbooks(config, playbooks));
    dashboard.addWidgets(...responder(alarmsIn(ownAlarms), functions, watch));
    new CfnOutput(this, 'Url', { value: url, description: 'Service, figures and responder at a glance' });
  }
}

const alarmsIn = (scope: Construct) => scope.node.findAll().filter(construct => construct instanceof Alarm);

/** One widget a playbook, what fires first. An alarm that stands elsewhere, of a user's own, is not known here. */
function alarmsOfPlaybooks(bound: readonly PlannedPlaybook[], alarms: Alarm[]): IWidget[] {
  const nameOf = (alarm: Alarm) => (alarm.node.defaultChild as CfnAlarm).alarmName ?? '';
  return bound.flatMap(({ policy }) => {
    const own = alarms.filter(alarm => policy.alarms[nameOf(alarm)]);
    return own.length > 0 ? [statuses(policy.title, own, 4)] : [];
  });
}

const statuses = (title: string, alarms: Alarm[], height: number) =>
  new AlarmStatusWidget({
    ...{ title, alarms, height, width: 8 },
    sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
  });

/** The metrics of the probe. */
function health(config: ServiceConfig, { memory, redis, certificates }: Resources): IWidget[] {
  const probed = (metric: Parameters<typeof probeMetric>[1], label: string, statistic: string = Stats.MAXIMUM) =>
    probeMetric(config, metric, statistic).with({ label });
  const graph = { ...LATELY, width: 8, height: 6 };
  return [
    new GraphWidget({
      ...graph,
      title: 'What fails (share, 0 to 1)',
      left: [probed('health', 'health URLs'), probed('errors', 'requests')],
      leftYAxis: { min: 0, max: 1, showUnits: false },
    }),
    new GraphWidget({
      ...graph,
      title: 'Seconds of an answer',
      left: [
        probed('seconds', 'on average'),
        probed('p95', 'one answer in twenty, at least'),
        probed('healthSeconds', 'slowest health URL'),
      ],
      leftYAxis: { min: 0, showUnits: false },
    }),
    new GraphWidget({
      ...graph,
      title: 'Tasks',
      left: [
        probed('tasks', 'running', Stats.MINIMUM),
        ...(memory
          ? [probed('kills', 'killed for memory, last 10 min'), probed('restarts', 'restarted, last 10 min')]
          : []),
      ],
      leftYAxis: { min: 0, showUnits: false },
    }),
    new GraphWidget({
      ...graph,
      title: 'Faults (0 is well)',
      left: [
        probed('deployment', 'deployment to blame'),
        probed('writerGone', 'database has no writer'),
        probed('namesMissing', 'configured, but not there'),
        probed('writerReadOnly', 'database is read-only'),
        ...(redis
          ? [probed('cachePath', 'cache cannot be reached'), probed('cacheNodesGone', 'nodes of the cache gone')]
          : []),
        ...(certificates ? [probed('certificateFaults', 'certificates')] : []),
      ],
      leftYAxis: { min: 0, showUnits: false },
      ...(certificates
        ? {
            right: [probed('certificateDays', 'days left of a certificate', Stats.MINIMUM)],
            rightYAxis: { min: 0, showUnits: false },
          }
        : {}),
    }),
  ];
}

const definitions = ({ title }: ServiceConfig) =>
  new TextWidget({
    ...{ width: 8, height: 16 },
    markdown: [
      `## How incidents of ${title} were answered`,
      ...TIME_NAMES.map(time => {
        const { abbreviation, name, definition } = TIMES[time];
        return `**${abbreviation}**, ${name}: ${definition}.`;
      }),
      ...Object.entries(DEFINITIONS).map(([subject, text]) => `**${subject}**: ${text}.`),
      'An incident counts once it is resolved, at that moment; `--` is none in the range chosen above. CloudWatch ' +
        'approximates percentiles; `npx incident report` has them exactly, of the incidents opened in a month.',
    ].join('\n\n'),
  });

/** The four times and the targets, over the whole range. */
function figures({ service }: ServiceConfig): IWidget[] {
  const metric = figure(service);
  const numbers = (title: string, width: number, metrics: Metric[]) =>
    new SingleValueWidget({ title, width, height: 4, metrics, setPeriodToTimeRange: true });
  const times = TIME_NAMES.map(time => {
    const { abbreviation, name, metric: metricName } = TIMES[time];
    return numbers(`${abbreviation}: ${name}, minutes`, 8, [
      metric(metricName, Stats.SAMPLE_COUNT, 'n'),
      metric(metricName, Stats.percentile(50), 'p50'),
      metric(metricName, Stats.percentile(90), 'p90'),
    ]);
  });
  const targets = Object.values(TARGETS).map(({ name, metric: metricName, severities }) =>
    numbers(
      `${name}: share kept, of n`,
      16,
      severities.flatMap(Severity => [
        metric(metricName, Stats.AVERAGE, Severity, { Severity }),
        metric(metricName, Stats.SAMPLE_COUNT, `n of ${Severity}`, { Severity }),
      ]),
    ),
  );
  return [new Row(...times.slice(0, 2)), new Row(...times.slice(2)), ...targets];
}

/** For each runbook of a plan, how many of its runs were verified. */
function runbooks({ service }: ServiceConfig, bound: readonly PlannedPlaybook[]): IWidget[] {
  const metric = figure(service);
  const names = [...new Set(bound.flatMap(({ policy }) => policy.plan.map(({ runbook }) => runbook)))].sort();
  const bars = (title: string, statistic: string, max?: number) =>
    new GraphWidget({
      ...{ title, width: 12, height: 8 },
      view: GraphWidgetView.BAR,
      setPeriodToTimeRange: true,
      left: names.map(Runbook => metric(RUN_METRIC, statistic, Runbook, { Runbook })),
      leftYAxis: { min: 0, showUnits: false, ...(max === undefined ? {} : { max }) },
      legendPosition: LegendPosition.RIGHT,
    });
  return [
    bars('Automation: share of runs that were verified', Stats.AVERAGE, 1),
    bars('Automation: runs that ended', Stats.SAMPLE_COUNT),
  ];
}

const figure =
  (service: string) => (metricName: string, statistic: string, label: string, dimensions?: Record<string, string>) =>
    new Metric({
      namespace: PROBE_NAMESPACE,
      dimensionsMap: { Service: service, ...dimensions },
      ...{ metricName, statistic, label },
    });

/** The responder itself: its alarms (dead letters, the watch, subscriptions), its errors, and the watch's pulse. */
function responder(alarms: Alarm[], functions: Record<string, ResponderFunction>, watch: ResponderFunction): IWidget[] {
  const minutely = { period: Duration.minutes(1), statistic: Stats.SUM };
  const graph = { ...LATELY, width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } };
  return [
    statuses('The responder itself', alarms, 6),
    new GraphWidget({
      ...graph,
      title: 'Errors of its functions',
      left: Object.entries(functions).map(([label, fn]) =>
        fn.function.metricErrors({ period: Duration.minutes(5), statistic: Stats.SUM, label }),
      ),
    }),
    new GraphWidget({
      ...graph,
      title: 'The watch: once a minute',
      left: [watch.function.metricInvocations({ ...minutely, label: 'ran' })],
    }),
  ];
}
