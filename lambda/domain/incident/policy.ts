import type { Fact, Severity } from '../kernel/severity.ts';
import type { CheckName } from './checks.ts';
import type { ServicePolicy } from './service-policy.ts';
import type { SignalLevel } from './signal.ts';

/**
 * How far automation goes. `off`: the step is left out. `observe`: its runbook runs dry, and people are told what it would
 * have done. `approve`: a person decides. `auto`: it acts.
 */
export type Mode = 'off' | 'observe' | 'approve' | 'auto';

export const MODES: readonly Mode[] = ['off', 'observe', 'approve', 'auto'];

/** How much a step may touch, as a share of something the diagnosis counted. */
export interface BlastRadius {
  /** The fact that counts the whole, as `runningTasks`. */
  fact: Fact;
  /** What the step leaves of the whole … */
  leaves?: number;
  /** … or what it raises the whole to … */
  reaches?: number;
  /** … or the share of it, 0 to 1, that it touches at most. */
  touches?: number;
  /** The largest share of the whole, 0 to 1, that may be touched. */
  maximumShare: number;
}

/** Something the diagnosis measures, and when it holds. */
export type Bound = { fact: Fact } & ({ atLeast: number } | { under: number });

/** A measurement that justifies a step: taken in the same attempt, and not long ago. */
export type Cause = Bound & {
  /** Told to people as the evidence; `{}` is the value, `{%}` the value as per cent: "{%} of requests fail". */
  means: string;
  /** Minutes for which the measurement counts. @default 5 */
  withinMinutes?: number;
};

/** A condition without which a step cannot work or would do harm. */
export type Need = Bound & {
  /** Told to people when it does not hold: "the service is not deployed by rolling updates". */
  otherwise: string;
};

/**
 * A parameter of a runbook: given, or read from the diagnosis. A fact is a number, or a share of one, rounded down; an
 * object is the name of the thing that was judged.
 */
export type ParameterValue = string | { fact: Fact; share?: number } | { object: string };

/** One remedy of a plan: a runbook with parameters, and what guards and verifies it. */
export interface Step {
  name: string;
  /** One line for an operator: what it does. */
  title: string;
  /** The runbook's name in `runbooks/`. */
  runbook: string;
  /** The name of the SSM document. */
  document: string;
  parameters: Record<string, ParameterValue>;
  mode: Mode;
  /** The least severe severity at which it may run. */
  minimumSeverity: Severity;
  /** What it acts on; two runs on one target are `cooldownMinutes` apart. */
  target: string;
  cooldownMinutes: number;
  blastRadius: BlastRadius;
  /** The causes that it remedies: one of them must have been measured. An alarm is none. */
  causes: Cause[];
  /** All of them must hold. */
  needs?: Need[];
  /** Causes that it cannot remedy: if one was found, it is left out; so it is by itself if nobody could tell. */
  unless?: Bound[];
  /**
   * A question that can wait: while the fact, in days, is over this, the answer has until then, is asked for again each day, a
   * level further up, and wakes nobody. @default approvalMinutes of the service
   */
  approvalWaits?: { fact: Fact; overDays: number };
  /** Minutes after the runbook's end within which the signal must clear. */
  verifyMinutes: number;
  /**
   * What verifies a step that heals nothing: of one that relieves people, that the health URLs answer; of one that does
   * not even that, its runbook's own success. Absent, signals and health decide.
   */
  verifiedBy?: 'health' | 'runbook';
  /** What takes its change back: the same runbook with these parameters. */
  revert?: Revert;
}

export interface Revert {
  title: string;
  parameters: Record<string, ParameterValue>;
  /**
   * `ended`: a change for a while, put back when the attempt ends, however it ends. `recovered`: one that relieves people as
   * long as the trouble lasts, put back when it is over. `failed`: one that is meant to stay, taken back if it did not help.
   * `worse`: one that does no harm, taken back only if it did. Harm is taken back at once, whichever it is. @default ended
   */
  when?: 'ended' | 'recovered' | 'failed' | 'worse';
}

/** A metric that the investigation reads: it becomes a fact, and a part of the diagnosis. */
export interface Measure {
  fact: Fact;
  /** How it is read out, as "engine CPU". */
  label: string;
  unit: 'percent' | 'share' | 'seconds' | 'days' | 'bytes' | 'count';
  metric: {
    namespace: string;
    name: string;
    dimensions: Record<string, string>;
    statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum';
    /** Seconds. */
    period: number;
  };
  /** At or over which, or under which, it is not well; absent, it is only told. */
  bad?: { atLeast: number } | { under: number };
}

/** Work that no step can do. */
export interface Advice {
  /** One line: what is to be done. */
  action: string;
  /** Why, with the numbers: `{fact}` and `{fact / fact}` are filled from the diagnosis. */
  template: string;
}

/** One common incident: what it is called, what it watches, what is done about it, in order. */
export interface PlaybookPolicy {
  name: string;
  title: string;
  /** What people notice, for the message. */
  impact: string;
  /** What it is called outside, and what is noticed there; absent, a service disruption. Nothing internal may stand in it. */
  customers?: { title: string; impact: string };
  /** Its alarms: an event without tags is routed by name. */
  alarms: Record<string, SignalLevel>;
  /** What is looked at beyond what is looked at in every incident. */
  checks?: readonly CheckName[];
  /** What is measured beyond that. */
  measures?: readonly Measure[];
  plan: Step[];
  /** What remains to be done for good, by people: told when the plan has ended, however it ended. */
  advice?: Advice;
  /** It answers a symptom that many causes have: its steps wait while an incident of any other playbook is open. */
  symptom?: boolean;
  /** It acts on nothing that other playbooks act on, and may stay open for days: it waits for no other, and no other for it. */
  independent?: boolean;
  /** It is judged by facts of its own: other trouble of the service does not raise it, and the service being well does not end it. */
  ownFacts?: boolean;
  /** Nothing that customers could notice: without measured harm nobody is asked whether they are to be told. */
  internal?: boolean;
  /** Where else its trouble is looked at. */
  links?: readonly { label: string; url: string }[];
  /** Work that falls due, and no trouble: nothing is diagnosed, nobody is called, no target and no figure counts it. */
  chore?: boolean;
}

/** The policy an incident is opened under, frozen into it: a deployment cannot strand it. */
export interface Policy extends ServicePolicy {
  playbook: PlaybookPolicy;
}

/** The playbook of what people declare by hand: nothing detects it, and nothing is done but to look and to call people. */
export const DECLARED = 'Declared';

export const DECLARED_PLAYBOOK: PlaybookPolicy = {
  name: DECLARED,
  title: 'Declared Incident',
  impact: 'As declared',
  alarms: {},
  plan: [],
  independent: true,
};

/** The playbook of the runbook's own review, which falls due every quarter. */
export const REVIEW_PLAYBOOK: PlaybookPolicy = {
  name: 'RunbookReview',
  title: 'Runbook Review',
  impact: 'None: the runbook is to be reviewed',
  alarms: {},
  plan: [],
  independent: true,
  chore: true,
};
