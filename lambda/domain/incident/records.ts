import type { Severity } from '../kernel/severity.ts';
import type { Investigation } from './audiences.ts';
import type { Obstacle, Status } from './events.ts';

export type Promised = 'response' | 'resolution';

/** A target that was kept or missed, and the severity at that moment. */
export interface Judgement {
  target: Promised;
  severity: Severity;
  kept: boolean;
}

/** A question for a step's approval that nobody has answered yet. */
export interface PendingApproval {
  playbook: string;
  step: string;
  title: string;
  expiresAt: string;
  /** Why a step asks that would run by itself. */
  reason?: string | undefined;
  /** The change since it was approved, for which it is asked for again. */
  renewed?: string | undefined;
  /** Since when it has been pending, when it was last asked, and up to which level. */
  since: string;
  askedAt: string;
  level: number;
}

/** The last answer to the question for a step's approval. */
export interface ApprovalAnswer {
  step: string;
  approved: boolean;
  /** A person, or `time` when nobody answered. */
  by: string;
  at: string;
  /** Minutes that people had for their answer. */
  minutes: number;
}

/** A time in which people were measured to suffer, and its highest severity. */
export interface Disruption {
  from: string;
  /** Absent while it lasts. */
  to?: string | undefined;
  severity: Severity;
}

/** An update that the status page shows. */
export interface PublishedUpdate {
  seq: number;
  at: string;
  /** `late`: the post-mortem comes later than promised. */
  kind: 'update' | 'post-mortem' | 'late';
  status: Status;
  /** A person's own words; absent, the template's. */
  text?: string | undefined;
  /** When the next update is due, or the late post-mortem. */
  nextAt?: string | undefined;
  /** A fix was in place by then. */
  fixed: boolean;
  /** A person had answered, or a runbook was changing something. */
  worked?: boolean | undefined;
  /** The status page has shown it. */
  shown?: boolean | undefined;
}

/** One trouble of an incident: a playbook of which a signal has fired in it. */
export interface Trouble {
  playbook: string;
  /** When its first signal fired. */
  since: string;
  /** The attempt in which its plan had its last turn. */
  turnIn?: number | undefined;
  /** The attempt in which its plan came to its end, and the trouble did not. */
  spentIn?: number | undefined;
  /** The obstacle that kept a step of its plan from being tried: when it has passed, the plan has another turn. */
  obstacle?: Obstacle | undefined;
  /** The plan goes on when the question of another plan is answered. */
  waits?: boolean | undefined;
}

/** The fate of an incident that is over. */
export interface Aftermath {
  resolvedAt?: string | undefined;
  /** Automation resolved it, so that no person has looked at what was red then. */
  settled?: boolean | undefined;
  /** When people were told that alarms were still red after the resolution. */
  stillRedAt?: string | undefined;
  /** The incident that this one is part of since it was merged. */
  mergedInto?: { id: string; slot: string; number: number } | undefined;
  /** The incident was a false alarm; reports leave it out. */
  cancelled?: boolean | undefined;
}

/** The last update to an audience. */
export interface LastUpdate {
  seq: number;
  at: string;
  status: Status;
  /** The statuses that the audience has heard of so far, each once. */
  statuses: readonly Status[];
  /** When the next update is due; absent if none is to come. */
  nextAt?: string | undefined;
  delivered: boolean;
  /**
   * Since when the audience has waited for an update that arrives. A later update does not hide an earlier one that did
   * not arrive.
   */
  waitsSince: string;
  /** A missed delivery or a missed next update has been reported already. */
  missed: boolean;
}

export interface Publication {
  askedAt?: string | undefined;
  /**
   * When the question was asked last, and which level of the escalation path it has reached since when; without a level
   * it is asked once.
   */
  calledAt?: string | undefined;
  level?: number | undefined;
  levelAt?: string | undefined;
  declined?: { by: string; at: string } | undefined;
  /** Since when the incident has been published. */
  at?: string | undefined;
  /** The components that a person named. */
  components?: string[] | undefined;
  investigation?: Investigation | undefined;
}
