import type { Criterion, Severity } from '../kernel/severity.ts';

export interface SeverityPolicy {
  /** Minutes until somebody must have acknowledged. */
  responseMinutes: number;
  /** Minutes until it should be resolved; absent is best effort. */
  resolutionMinutes?: number;
  /** Whether it wakes people: pages and climbs the escalation path. */
  pages: boolean;
  /** Minutes within which stakeholders have heard of it; absent, they are told nothing. */
  stakeholdersMinutes?: number;
  /** Whether customers are told: by itself, when a person says so, or never. */
  publishes: 'auto' | 'approve' | 'off';
  /** Whether its resolution is followed by a review with a post-mortem. */
  reviewed: boolean;
}

/** A part of the service as customers know it. */
export interface Component {
  /** Letters, digits and hyphens: what clients of the status page know it by. */
  id: string;
  name: string;
  description: string;
  /** The playbooks whose incidents affect it. Absent, those of every playbook do. */
  affectedBy?: readonly string[] | undefined;
}

/** What customers see, if there is a status page. */
export interface StatusPage {
  url: string;
  components: readonly Component[];
  /** A declared breach or data loss is published when a person says so, or, with `auto`, by itself. @default approve */
  investigations?: 'approve' | 'auto' | undefined;
}

export interface EscalationLevel {
  /** 1 is the first to be called. */
  level: number;
  role: string;
  /** Minutes without acknowledgement after which this level is called. */
  afterMinutes: number;
}

/** What is shared by all playbooks of one service. */
export interface ServicePolicy {
  service: string;
  title: string;
  region: string;
  severities: Record<Severity, SeverityPolicy>;
  criteria: readonly Criterion[];
  escalation: EscalationLevel[];
  /** Minutes for which an acknowledgement holds before escalation starts again. */
  acknowledgementMinutes: number;
  /** Minutes after which those who were called and have not answered are called again. */
  remindMinutes: number;
  /** Minutes for which all signals must stay clear before the incident is resolved. */
  autoResolveMinutes: number;
  /** Automatic attempts per incident; then a person. */
  maximumAttempts: number;
  /** Minutes without progress after which an attempt counts as crashed. */
  stallMinutes: number;
  /** Minutes to answer an approval, of a step that says nothing else; then it is a no. */
  approvalMinutes: number;
  /** The cap over all playbooks of the service: tripped, it stays tripped until a person releases it. */
  budget: { runs: number; hours: number };
  /** Minutes after which whoever was told of an incident is told again, while it is open. */
  updateMinutes: number;
  /** Hours after the resolution within which the post-mortem is done. */
  postMortemHours: number;
  /** Days for an action item that nobody gave a due date. */
  actionItemDays: number;
  /** Absent, customers are told nothing. */
  statusPage?: StatusPage | undefined;
  /** Names that nobody outside may read. */
  internalNames: readonly string[];
  /** Who reads the review, by the names of the configuration. */
  reviewers?: readonly string[];
  /** Where the tasks log. */
  logGroup?: string;
  /** The number to call when nobody answers, or all else fails. */
  hotline?: string | undefined;
  /** The clocks on which reviews are planned. @default UTC */
  reviewTimeZone?: string;
  links: { label: string; url: string }[];
}
