import type { Criterion, Severity } from '../kernel/severity.ts';

export interface SeverityPolicy {
  /** Minutes until somebody must have acknowledged. */
  responseMinutes: number;
  /** Minutes until the incident should be resolved; absent is best effort. */
  resolutionMinutes?: number;
  /** People are paged, and the escalation path climbs. */
  pages: boolean;
  /** Minutes within which stakeholders get their first update; absent, they get none. */
  stakeholdersMinutes?: number;
  /** The incident is published automatically, when a person says so, or never. */
  publishes: 'auto' | 'approve' | 'off';
  /** The resolution is followed by a review with a post-mortem. */
  reviewed: boolean;
}

/** A part of the service as customers know it. */
export interface Component {
  /** Letters, digits and hyphens: the id for clients of the status page. */
  id: string;
  name: string;
  description: string;
  /** The playbooks whose incidents affect the component. Absent, those of every playbook do. */
  affectedBy?: readonly string[] | undefined;
}

/** The status page, if there is one. */
export interface StatusPage {
  url: string;
  components: readonly Component[];
  /**
   * A declared breach or data loss is published when a person approves it or, with `auto`, automatically. @default
   * approve
   */
  investigations?: 'approve' | 'auto' | undefined;
}

export interface EscalationLevel {
  /** 1 is called first. */
  level: number;
  role: string;
  /** Minutes without acknowledgement after which this level is called. */
  afterMinutes: number;
}

/** Minutes that each level has to answer before the next is called, however late the watch is. */
export const LEVEL_MINUTES = 5;

/** The policy that all playbooks of one service share. */
export interface ServicePolicy {
  service: string;
  title: string;
  region: string;
  severities: Record<Severity, SeverityPolicy>;
  criteria: readonly Criterion[];
  escalation: EscalationLevel[];
  /** Minutes for which an acknowledgement is valid before the escalation starts again. */
  acknowledgementMinutes: number;
  /** Minutes after which the people who were called and have not answered are called again. */
  remindMinutes: number;
  /** Minutes for which all signals must stay clear before the incident is resolved. */
  autoResolveMinutes: number;
  /** Automatic attempts per incident; after these a person takes over. */
  maximumAttempts: number;
  /** Minutes without progress after which an attempt counts as crashed. */
  stallMinutes: number;
  /** Minutes to answer an approval unless the step says otherwise; no answer means no. */
  approvalMinutes: number;
  /**
   * The cap on automatic runs over all playbooks of the service. Once reached, it blocks until a person releases it.
   */
  budget: { runs: number; hours: number };
  /** Minutes between updates to the same audience while an incident is open. */
  updateMinutes: number;
  /** Hours after the resolution within which the post-mortem is due. */
  postMortemHours: number;
  /** Days until an action item is due that nobody gave a date. */
  actionItemDays: number;
  /** Absent, nothing is published. */
  statusPage?: StatusPage | undefined;
  /** Names that must not appear outside. */
  internalNames: readonly string[];
  /** The people who read the review, by their names in the configuration. */
  reviewers?: readonly string[];
  /** The log group of the tasks. */
  logGroup?: string;
  /** The phone number to call when nobody answers or everything else fails. */
  hotline?: string | undefined;
  /** The time zone in which reviews are planned. @default UTC */
  reviewTimeZone?: string;
  links: { label: string; url: string }[];
}
