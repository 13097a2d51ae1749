import * as v from 'valibot';
import { MODES, type PlaybookPolicy, type Policy, type Step } from '../domain/incident/policy.ts';
import type { EscalationLevel, ServicePolicy, SeverityPolicy } from '../domain/incident/service-policy.ts';
import { type Criterion, SEVERITIES } from '../domain/kernel/severity.ts';

/** A schema for each field that must be there. */
type Fields<T> = { [K in keyof T as object extends Pick<T, K> ? never : K]: v.GenericSchema };

const number = v.pipe(v.number(), v.finite(), v.minValue(0));
const texts = v.array(v.string());
const severity = v.picklist(SEVERITIES);

const SEVERITY = {
  responseMinutes: number,
  pages: v.boolean(),
  publishes: v.picklist(['auto', 'approve', 'off']),
  reviewed: v.boolean(),
} satisfies Fields<SeverityPolicy>;

const LEVEL = { level: number, role: v.string(), afterMinutes: number } satisfies Fields<EscalationLevel>;

const CRITERION = { severity, criterion: v.string(), fact: v.string() } satisfies Fields<Criterion>;

const STEP = {
  ...{ name: v.string(), title: v.string(), runbook: v.string(), document: v.string(), target: v.string() },
  parameters: v.looseObject({}),
  mode: v.picklist(MODES),
  minimumSeverity: severity,
  cooldownMinutes: number,
  blastRadius: v.looseObject({ fact: v.string(), maximumShare: number }),
  causes: v.array(v.looseObject({ fact: v.string(), means: v.string() })),
  verifyMinutes: number,
} satisfies Fields<Step>;

const PLAYBOOK = {
  ...{ name: v.string(), title: v.string(), impact: v.string() },
  alarms: v.record(v.string(), v.picklist(['info', 'warning', 'critical'])),
  plan: v.array(v.looseObject(STEP)),
} satisfies Fields<PlaybookPolicy>;

const SHARED = {
  ...{ service: v.string(), title: v.string(), region: v.string(), internalNames: texts },
  severities: v.object({
    ...{ P1: v.looseObject(SEVERITY), P2: v.looseObject(SEVERITY) },
    ...{ P3: v.looseObject(SEVERITY), P4: v.looseObject(SEVERITY) },
  }),
  criteria: v.array(v.looseObject(CRITERION)),
  escalation: v.pipe(v.array(v.looseObject(LEVEL)), v.minLength(1)),
  acknowledgementMinutes: number,
  remindMinutes: number,
  autoResolveMinutes: number,
  maximumAttempts: number,
  stallMinutes: number,
  approvalMinutes: number,
  budget: v.object({ runs: number, hours: number }),
  updateMinutes: number,
  postMortemHours: number,
  actionItemDays: number,
  links: v.array(v.object({ label: v.string(), url: v.string() })),
} satisfies Fields<ServicePolicy>;

const PolicyShape = v.looseObject({ ...SHARED, playbooks: v.array(v.looseObject(PLAYBOOK)) });

/**
 * The same policy, with all that is needed to say when something is due: a comparison with a number that is not there is never
 * true, so that nobody would be called.
 *
 * @throws TypeError with the fields that are missing or of another type
 */
export function whole(policy: object): Policy {
  const { success, issues = [] } = v.safeParse(PolicyShape, policy);
  if (success) return policy as Policy;
  const faults = issues.map(issue => `${v.getDotPath(issue)} must be ${issue.expected}`);
  throw new TypeError(`the policy is not whole: ${faults.join('; ')}`);
}
