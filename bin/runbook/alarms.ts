import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { alarmUrl } from '../../lambda/domain/kernel/console.ts';
import { PROBE_NAMESPACE } from '../../lambda/domain/kernel/probe-metrics.ts';
import { type Asked, statistics } from './shell.ts';
import type { Source } from './source.ts';

const SIGNS: Record<string, string> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
};

const WITHOUT_DATA: Record<string, string> = {
  breaching: 'without data it fires',
  notBreaching: 'without data it is clear',
  ignore: 'without data it stays as it is',
  missing: 'without data nobody knows',
};

/** An alarm as it is deployed, read out. */
export function readAlarm({ config }: Source, alarm: CfnAlarm) {
  const { alarmName = '', alarmDescription = '', comparisonOperator, threshold, period = 60 } = alarm;
  const { evaluationPeriods = 1, treatMissingData = 'missing' } = alarm;
  return {
    name: alarmName,
    url: alarmUrl(config.region, alarmName),
    says: alarmDescription,
    metric: `${alarm.statistic} of ${alarm.namespace} ${alarm.metricName}`,
    fires: `${SIGNS[comparisonOperator ?? '']} ${threshold} for ${(evaluationPeriods * period) / 60} min`,
    withoutData: WITHOUT_DATA[treatMissingData] ?? treatMissingData,
  };
}

/** How to read what the alarms watch: each metric once, of the first that has it. What the probe measures, the checks look at. */
export function readMetrics({ config }: Source, alarms: readonly CfnAlarm[]): string[] {
  const watched = alarms.map(askedBy).filter(({ namespace }) => namespace !== PROBE_NAMESPACE);
  const names = [...new Set(watched.map(({ name }) => name))];
  return names.map(name => {
    const [first, ...others] = [...new Map(watched.filter(w => w.name === name).map(w => [keyOf(w), w])).values()];
    const also = others.map(other => `# and for ${keyOf(other)}`);
    return [...(first ? [statistics(config.region, first)] : []), ...also].join('\n');
  });
}

const askedBy = ({
  namespace = '',
  metricName: name = '',
  dimensions,
  statistic = '',
  period = 60,
}: CfnAlarm): Asked => ({
  ...{ namespace, name, statistic, period },
  dimensions: Object.fromEntries((dimensions as { name: string; value: string }[]).map(d => [d.name, d.value])),
});

const keyOf = ({ dimensions }: Asked) =>
  Object.entries(dimensions)
    .map(([name, value]) => `Name=${name},Value=${value}`)
    .join(' ');

/** The alarms of the responder itself: those that belong to no playbook. */
export function ownAlarms({ config, alarms, playbooks }: Source) {
  const ofPlaybooks = new Set(playbooks.flatMap(({ policy }) => Object.keys(policy.alarms)));
  return alarms
    .filter(({ alarmName = '' }) => !ofPlaybooks.has(alarmName))
    .map(({ alarmName = '', alarmDescription = '' }) => ({
      name: alarmName,
      url: alarmUrl(config.region, alarmName),
      says: alarmDescription,
    }));
}
