import type { Unit } from '../kernel/amounts.ts';
import type { Fact, Severity } from '../kernel/severity.ts';
import type { CheckName } from './checks.ts';
import type { ServicePolicy } from './service-policy.ts';
import type { SignalLevel } from './signal.ts';

/**
 * How far automation goes. `off`: the step is skipped. `observe`: its runbook runs dry, and people read what it would
 * have done. `approve`: a person decides. `auto`: automation acts.
 */
export type Mode = 'off' | 'observe' | 'approve' | 'auto';

export const MODES: readonly Mode[] = ['off', 'observe', 'approve', 'auto'];

/** How much a step may touch, as a share of something that the diagnosis counted. */
export interface BlastRadius {
  /** The fact that counts the whole, e.g. `runningTasks`. */
  fact: Fact;
  /** The number that the step leaves of the whole … */
  leaves?: number;
  /** … or the number that it raises the whole to … */
  reaches?: number;
  /** … or the largest share of the whole, 0 to 1, that it touches. */
  touches?: number;
  /** The largest share of the whole, 0 to 1, that may be touched. */
  maximumShare: number;
}

/** A bound on a fact that the diagnosis measures. */
export type Bound = { fact: Fact } & ({ atLeast: number } | { under: number });

/** A measurement that justifies a step: taken in the same attempt, and recently. */
export type Cause = Bound & {
  /** The evidence in words for people; `{}` is the value, `{%}` the value as per cent: "{%} of requests fail". */
  means: string;
  /** The words for people when it does not hold: "no deployment is to blame". @default `means` with the value that was measured */
  otherwise?: string;
  /** Minutes for which the measurement is valid. @default 5 */
  withinMinutes?: number;
};

/** A condition without which a step cannot work or would do harm. */
export type Need = Bound & {
  /** The reason for people when it does not hold: "the service is not deployed by rolling updates". */
  otherwise: string;
};

/**
 * A parameter of a runbook: a literal, or a value from the diagnosis. A fact is a number, or a share of one, rounded
 * down; an object is the name of the judged object.
 */
export type ParameterValue = string | { fact: Fact; share?: number } | { object: string };

/** One step of a plan: a runbook with parameters, and the conditions that guard and verify it. */
export interface Step {
  name: string;
  /** One line for operators: what the step does. */
  title: string;
  /** The runbook's name in `runbooks/`. */
  runbook: string;
  /** The name of the SSM document. */
  document: string;
  parameters: Record<string, ParameterValue>;
  mode: Mode;
  /** The least severe severity at which the step may run. */
  minimumSeverity: Severity;
  /** The object that the step acts on; two runs on the same target are at least `cooldownMinutes` apart. */
  target: string;
  cooldownMinutes: number;
  blastRadius: BlastRadius;
  /** The causes that the step remedies: one of them must have been measured. An alarm alone is no cause. */
  causes: Cause[];
  /** Conditions that must all hold. */
  needs?: Need[];
  /**
   * Causes that the step cannot remedy. It is skipped if one of them was found, and does not run without approval if
   * one of them is unknown.
   */
  unless?: Cause[];
  /**
   * Lets the approval wait: while the fact, in days, exceeds `overDays`, the answer has that many days. The question is
   * repeated each day, one level further up, and wakes nobody. @default approvalMinutes of the service
   */
  approvalWaits?: { fact: Fact; overDays: number };
  /** Minutes after the runbook's end within which the signal must clear. */
  verifyMinutes: number;
  /**
   * How a step that heals nothing is verified: `health` for a step that relieves people, by the health URLs; `runbook`
   * for a step that does not even that, by the success of its runbook. Absent, signals and health decide.
   */
  verifiedBy?: 'health' | 'runbook';
  /** How the change is reverted: the same runbook with these parameters. */
  revert?: Revert;
}

export interface Revert {
  title: string;
  parameters: Record<string, ParameterValue>;
  /**
   * When the change is reverted. `ended`: when the attempt ends, however it ends. `recovered`: when the trouble is
   * over, because the change relieves people until then. `failed`: only if it did not help, because it is meant for
   * good. `unfinished`: only if its runbook did not end well, because it stands halfway or what it changed is at fault; that
   * an alarm stays red is no reason. `worse`: only if it did harm. A harmful change is reverted at once in every case. @default ended
   */
  when?: 'ended' | 'recovered' | 'failed' | 'unfinished' | 'worse';
}

/** A metric that the investigation reads: it becomes a fact, and a part of the diagnosis. */
export interface Measure {
  fact: Fact;
  /** The label in texts, e.g. "engine CPU". */
  label: string;
  unit: Unit;
  metric: {
    namespace: string;
    name: string;
    dimensions: Record<string, string>;
    statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum';
    /** Seconds. */
    period: number;
  };
  /** The bound at which the value is bad; absent, the value is only reported. */
  bad?: { atLeast: number } | { under: number };
}

/** Work that no step can do. */
export interface Advice {
  /** The task, in one line. */
  action: string;
  /** The reason with numbers: `{fact}` and `{fact / fact}` are filled from the diagnosis. */
  template: string;
}

/** One common kind of incident: its name, its alarms, and its plan. */
export interface PlaybookPolicy {
  name: string;
  title: string;
  /** The effect that people notice, for messages. */
  impact: string;
  /** Title and effect for customers; absent, a service disruption. Nothing internal may appear here. */
  customers?: { title: string; impact: string };
  /** The alarms of the playbook: an event without tags is routed by name. */
  alarms: Record<string, SignalLevel>;
  /** Checks in addition to those that run for every incident. */
  checks?: readonly CheckName[];
  /** Metrics in addition to those that are read for every incident. */
  measures?: readonly Measure[];
  plan: Step[];
  /** A follow-up for people. They read it when automation has ended, however it ended. */
  advice?: Advice;
  /**
   * The playbook answers a symptom that many causes have: a cause that fires as well gives the incident its title, and its steps
   * have their turn when those of the causes have come to their end.
   */
  symptom?: boolean;
  /**
   * The playbook acts on nothing that other playbooks act on, and may stay open for days: its incidents are its own, beside the one
   * of the service.
   */
  independent?: boolean;
  /**
   * The playbook is judged by its own facts: other trouble of the service does not raise its severity, and a healthy
   * service does not end it.
   */
  ownFacts?: boolean;
  /** Customers cannot notice the incident: without measured harm nobody is asked to publish it. */
  internal?: boolean;
  /** Links to other places that show the trouble. */
  links?: readonly { label: string; url: string }[];
}

/**
 * The policy of a service with all its playbooks. It is frozen into each incident that is opened under it, so that a deployment
 * cannot strand it.
 */
export interface Policy extends ServicePolicy {
  playbooks: readonly PlaybookPolicy[];
}

/** A step's title by its name; the name itself when the policy has no such step. */
export const titleOfStep = ({ playbooks }: Pick<Policy, 'playbooks'>, step: string): string =>
  playbooks.flatMap(({ plan }) => plan).find(({ name }) => name === step)?.title ?? step;

/** The playbook with that name; undefined when it was deployed later, or is no more. */
export const playbookNamed = ({ playbooks }: Pick<Policy, 'playbooks'>, name: string): PlaybookPolicy | undefined =>
  playbooks.find(playbook => playbook.name === name);

/**
 * The playbook of incidents that people declare: nothing detects them, and automation only diagnoses and calls people.
 */
export const DECLARED = 'Declared';

export const DECLARED_PLAYBOOK: PlaybookPolicy = {
  name: DECLARED,
  title: 'Declared Incident',
  impact: 'As declared',
  alarms: {},
  plan: [],
};
