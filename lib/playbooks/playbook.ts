import { Tags } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, type CfnAlarm, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Resources } from '../../lambda/domain/diagnosis/resources.ts';
import { CHECKS, EVERY_INCIDENT, OBJECTS } from '../../lambda/domain/incident/checks.ts';
import { type Measure, MODES, type Mode, type PlaybookPolicy, type Step } from '../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../lambda/domain/incident/signal.ts';
import { ALARM_TAGS, alarmPrefix } from '../../lambda/domain/incident/signal.ts';
import { AFFECTED_SHARE } from '../../lambda/domain/kernel/severity.ts';
import { templateFacts } from '../../lambda/domain/remediation/advice.ts';
import { factsNamed, objectsNamed } from '../../lambda/domain/remediation/evidence.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import type { AutomationDocument } from '../remedies/automation-document.ts';
import type { Remedy } from '../remedies/remedy.ts';

/** One common incident: a folder in `lib/playbooks`, its documents in `runbooks`, and nothing else to change. */
export interface Playbook {
  /** The construct's id and the name in tags, incidents and messages. */
  readonly name: string;
  /** Adds its alarms and remedies to the scope, and says how the incident is responded to. */
  bind(scope: Construct, config: ServiceConfig): BoundPlaybook;
}

export interface BoundPlaybook {
  /** Everything but the plan, which follows from the remedies. */
  policy: Omit<PlaybookPolicy, 'plan'>;
  /**
   * In the order in which they are tried. Each step has its full mode: `auto`, or `approve` where a person must decide by its
   * nature.
   */
  remedies: Remedy[];
  /** Documents that only look, for a person at the console. */
  documents?: AutomationDocument[];
  /** How far the steps may go. @default - as far as the service's `mode` lets them */
  settings?: { mode?: Mode | undefined; modes?: Partial<Record<string, Mode | undefined>> };
  /** Its alarms stand on metrics of the probe (`lambda/domain/kernel/probe-metrics.ts`), so there must be one. */
  probed?: boolean;
  /** The resources that it protects beyond those of every playbook. */
  resources?: Partial<Resources>;
  /** Lets the diagnosis read what its checks need, and the probe what its metrics need. */
  permissions?: { diagnose?: PolicyStatement[]; probe?: PolicyStatement[] };
  /** Environment variables of these functions. */
  environment?: Record<string, string>;
}

/** A bound playbook with its plan, each step in the mode that the configuration gives it. */
export interface PlannedPlaybook extends BoundPlaybook {
  policy: PlaybookPolicy;
}

/** A metric as the investigation reads it. @throws when the metric is an expression, which has no one value to name. */
export function measure(metric: Metric, description: Omit<Measure, 'metric'>): Measure {
  const { namespace, metricName: name, period } = metric;
  const dimensions = Object.fromEntries(metric.dimensions ? Object.entries(metric.dimensions) : []);
  const statistic = metric.statistic as Measure['metric']['statistic'];
  return { ...description, metric: { namespace, name, dimensions, statistic, period: period.toSeconds() } };
}

export interface ServiceAlarmProps extends Omit<AlarmProps, 'alarmName'> {
  playbook: string;
  level: SignalLevel;
  /** Distinguishes it among the service's alarms, e.g. `connections-critical`. */
  suffix: string;
  /** The line an operator reads when it fires. */
  alarmDescription: string;
}

/**
 * An alarm whose tags, carried in its events, say whose it is: `intake` is reached by any alarm so tagged, a user's own
 * too. It has no action of its own; the event is what counts.
 */
export function serviceAlarm(scope: Construct, { service }: ServiceConfig, props: ServiceAlarmProps): string {
  const { playbook, level, suffix, ...alarmProps } = props;
  const alarmName = `${alarmPrefix(service)}${suffix}`;
  const alarm = new Alarm(scope, suffix, { ...alarmProps, alarmName });
  (alarm.node.defaultChild as CfnAlarm).actionConfiguration = { alarmTagsPropagation: { enabled: true } };
  Tags.of(alarm).add(ALARM_TAGS.service, service);
  Tags.of(alarm).add(ALARM_TAGS.playbook, playbook);
  Tags.of(alarm).add(ALARM_TAGS.level, level);
  return alarmName;
}

/**
 * Checks that every remedy can be justified, guarded and verified, and that its document takes its parameters.
 * @throws Error that names the playbook and, for each fault, the step and what is expected.
 */
export function checkPlaybook(bound: BoundPlaybook): BoundPlaybook {
  const { name, alarms, advice, checks = [], measures = [] } = bound.policy;
  const steps = bound.remedies.map(({ step }) => step);
  const found = new Set<string>([
    AFFECTED_SHARE,
    ...[...EVERY_INCIDENT, ...checks].flatMap(check => CHECKS[check]),
    ...measures.map(({ fact }) => fact),
  ]);
  const objects = new Set([...EVERY_INCIDENT, ...checks].flatMap(check => OBJECTS[check] ?? []));
  const unnamed = (step: Step) =>
    objectsNamed(step)
      .filter(object => !objects.has(object))
      .map(object => `acts on ${object}, which none of its checks names`);
  const unknown = (facts: readonly string[]) =>
    facts
      .filter(fact => !found.has(fact))
      .map(fact => `stands on ${fact}, which none of its checks and measures finds`);
  const faults = [
    ...(Object.keys(alarms).length > 0 ? [] : ['has no alarm: nothing would open an incident']),
    ...bound.remedies.flatMap((remedy, i) => {
      const { step } = remedy;
      const twice = steps.findIndex(other => other.name === step.name) < i ? ['has the name of an earlier step'] : [];
      return [...twice, ...faultsOf(remedy), ...unknown(factsNamed(step)), ...unnamed(step)].map(
        fault => `step ${step.name} ${fault}`,
      );
    }),
    ...unknown(templateFacts(advice?.template ?? '')).map(fault => `advice ${fault}`),
  ];
  if (faults.length === 0) return bound;
  throw new Error(`The playbook ${name} is wrong:\n${faults.map(fault => `  ${fault}`).join('\n')}`);
}

/** Plans each step in its full mode. */
export const inFullModes = (bound: BoundPlaybook): PlannedPlaybook => ({
  ...bound,
  policy: { ...bound.policy, plan: bound.remedies.map(({ step }) => step) },
});

/** Plans each step in the mode that the configuration gives it: the one it sets for the step, or the lesser of all others. */
export function inConfiguredModes(bound: BoundPlaybook, ofService: Mode): PlannedPlaybook {
  const { mode = ofService, modes = {} } = bound.settings ?? {};
  const lesser = (full: Mode) => MODES[Math.min(MODES.indexOf(mode), MODES.indexOf(full))] ?? 'off';
  const { policy, ...rest } = inFullModes(bound);
  const plan = policy.plan.map(step => ({ ...step, mode: modes[step.name] ?? lesser(step.mode) }));
  return { ...rest, policy: { ...policy, plan } };
}

/** The documents that the response workflow may start. */
export const documentsOf = (playbooks: readonly BoundPlaybook[]): AutomationDocument[] => [
  ...new Set(
    playbooks.flatMap(({ remedies, documents = [] }) => [...remedies.map(({ document }) => document), ...documents]),
  ),
];

function faultsOf({ step, document }: Remedy): string[] {
  const { mode, verifyMinutes, cooldownMinutes, blastRadius, parameters, revert } = step;
  const { leaves, reaches, touches, maximumShare } = blastRadius;
  const measures = [leaves, reaches, touches].filter(measure => measure !== undefined);
  const expected = (holds: boolean, field: string, value: unknown, words: string) =>
    holds ? [] : [`has ${field} ${JSON.stringify(value)}: expected ${words}`];
  return [
    ...expected(verifyMinutes >= 1, 'verifyMinutes', verifyMinutes, '1 or more: what is not verified has failed'),
    ...expected(cooldownMinutes >= 0 && cooldownMinutes <= WEEK, 'cooldownMinutes', cooldownMinutes, `0 to ${WEEK}`),
    ...expected(maximumShare > 0 && maximumShare <= 1, 'maximumShare', maximumShare, 'a share over 0, at most 1'),
    ...expected(measures.length <= 1, 'blastRadius', blastRadius, 'one of leaves, reaches and touches'),
    ...expected(step.causes?.length > 0, 'causes', step.causes, 'at least one fact that justifies it'),
    ...expected(FULL_MODES.includes(mode), 'mode', mode, FULL_MODES.join(' or ')),
    ...expected((touches ?? 0) <= maximumShare, 'touches', touches, 'at most maximumShare, or it could never run'),
    ...Object.keys({ ...parameters, ...revert?.parameters, DryRun: '' })
      .filter(parameter => !document.parameters.includes(parameter))
      .map(parameter => `gives ${parameter}, a parameter that runbooks/${step.runbook}.yaml does not have`),
  ];
}

/** The environment variables that the probe and the investigation need for the playbooks. */
export const environmentOf = (playbooks: readonly BoundPlaybook[]): Record<string, string> =>
  Object.assign({}, ...playbooks.map(({ environment }) => environment));

/** Minutes for which runs are remembered. */
const WEEK = 7 * 24 * 60;

/** Less than its full mode is for the configuration to say. */
const FULL_MODES: readonly Mode[] = ['auto', 'approve'];
