import { RUNBOOK_CRITERIA, type Severity } from '../kernel/severity.ts';
import type { EscalationLevel, ServicePolicy, SeverityPolicy } from './service-policy.ts';

/** Response and resolution times of the runbook, section 1, and who is notified. P3 and P4 wake nobody. */
export const RUNBOOK_SEVERITIES: Record<Severity, SeverityPolicy> = {
  P1: {
    responseMinutes: 15,
    resolutionMinutes: 120,
    pages: true,
    stakeholdersMinutes: 15,
    publishes: 'auto',
    reviewed: true,
  },
  P2: {
    responseMinutes: 60,
    resolutionMinutes: 480,
    pages: true,
    stakeholdersMinutes: 15,
    publishes: 'auto',
    reviewed: true,
  },
  P3: { responseMinutes: 240, resolutionMinutes: 1440, pages: false, publishes: 'approve', reviewed: false },
  P4: { responseMinutes: 1440, pages: false, publishes: 'off', reviewed: false },
};

/** The escalation path of the runbook, section 2.3. */
export const RUNBOOK_ESCALATION: readonly EscalationLevel[] = [
  { level: 1, role: 'On-call engineer', afterMinutes: 0 },
  { level: 2, role: 'Senior engineer', afterMinutes: 15 },
  { level: 3, role: 'Engineering manager', afterMinutes: 30 },
  { level: 4, role: 'VP Engineering / CTO', afterMinutes: 60 },
];

/**
 * The runbook's policy for every service. Where the runbook leaves a number open, it is the usual default in the field.
 */
export const RUNBOOK_POLICY: Omit<
  ServicePolicy,
  'service' | 'title' | 'region' | 'links' | 'reviewers' | 'reviewTimeZone' | 'hotline' | 'logGroup' | 'statusPage'
> = {
  severities: RUNBOOK_SEVERITIES,
  criteria: RUNBOOK_CRITERIA,
  escalation: [...RUNBOOK_ESCALATION],
  acknowledgementMinutes: 30,
  remindMinutes: 10,
  autoResolveMinutes: 5,
  maximumAttempts: 3,
  stallMinutes: 20,
  approvalMinutes: 30,
  budget: { runs: 12, hours: 24 },
  updateMinutes: 30,
  postMortemHours: 24,
  actionItemDays: 14,
  internalNames: [],
};
