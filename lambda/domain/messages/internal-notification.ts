import { workaround } from '../communication/questions.ts';
import type { EventOf, Status } from '../incident/events.ts';
import { type Incident, playbookOf, type Run } from '../incident/incident.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clock, dateTime, minutesBetween } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { isSuccess, verdictOf } from '../remediation/verdict.ts';
import { runWords } from './automation-lines.ts';
import { stakeholderLinks } from './incident-links.ts';
import { situation } from './situation.ts';

/** The fields of the template `messages/internal-notification.txt`, the runbook's section 3.1. */
export interface InternalNotification {
  drill: boolean;
  /** `[INCIDENT]`, or `[RESOLVED]` with the last one. */
  kind: string;
  severity: Severity;
  severityName: string;
  service: string;
  title: string;
  id: string;
  started: string;
  status: Status;
  impact: string;
  /** How people were served at worst, and how they are now, each with its time; null where nothing was measured. */
  worst: string | null;
  now: string | null;
  /** Tells if people have another way; null when nobody has reported. */
  workaround: string | null;
  /** Reasons of the severity, declarations and the cause, a line each. */
  description: string[];
  /** A person's own words; null in an automatic update. */
  text: string | null;
  /** `done` is null when the action does not apply to this incident. */
  actions: { done: boolean | null; text: string }[];
  /** `HH:MM UTC`, and minutes from this message; null in the last one. */
  next: { at: string; minutes: number } | null;
  commander: string | null;
  /** The URL of the Slack thread; null when there is none. */
  slack: string | null;
  /** The time of the resolution. The duration of the outage follows with the review, once the metrics are read. */
  resolved: string | null;
  links: { label: string; url: string }[];
}

/** The fields of a stakeholder update. */
export function internalNotification(incident: Incident, event: EventOf<'UpdatePosted'>): InternalNotification {
  const { id, policy, title, severity, startedAt, drill = false, commander = null, references, resolvedAt } = incident;
  const over = event.status === 'resolved';
  const minutes = event.nextAt ? Math.round(minutesBetween(event.at, event.nextAt)) : 0;
  return {
    ...{ drill, severity, title, id, commander },
    kind: over ? '[RESOLVED]' : '[INCIDENT]',
    severityName: SEVERITY_NAMES[severity],
    service: policy.title,
    started: dateTime(startedAt),
    status: event.status,
    impact: playbookOf(incident).impact,
    ...situation(incident, event.at),
    workaround: workaround(incident),
    description: description(incident),
    text: event.text ?? null,
    actions: actions(incident),
    next: event.nextAt ? { at: `${clock(event.nextAt)} UTC`, minutes } : null,
    slack: references.find(({ system }) => system === 'slack')?.url ?? null,
    resolved: over && resolvedAt ? dateTime(resolvedAt) : null,
    links: stakeholderLinks(incident),
  };
}

/** Why it has its severity, and what is known of the cause: the engineers have the rest. */
function description({ severity, severityReasons, assessedAt, declarations, cause, resolvedAt }: Incident): string[] {
  const assessed = assessedAt ? `${clock(assessedAt)} UTC, assessed as ${severity}` : severity;
  return [
    ...severityReasons.map(({ text }) => `${assessed}: ${text}`),
    ...declarations.map(({ text, by }) => `${text} (declared by ${by})`),
    ...(cause ? [`Cause: ${cause}`] : resolvedAt ? [] : ['Cause: not known yet']),
  ];
}

/** The runbooks that return to an earlier version. */
const ROLLBACKS = ['roll-back', 'return-to-revision'];

const rollsBack = ({ runbook }: { runbook: string }) => ROLLBACKS.includes(runbook);
const isRollback = (run: Run) => rollsBack(run) && !run.dryRun;

function actions(incident: Incident): InternalNotification['actions'] {
  const { findings, runs } = incident;
  const acknowledged = checklist(incident).filter(({ item }) => item === 'acknowledge');
  return [
    ...acknowledged.map(({ done, text }) => ({ done, text })),
    { done: findings.length > 0, text: 'Initial investigation' },
    rollback(incident),
    ...runs
      .filter(run => !isRollback(run))
      .map(run => ({ done: isDone(incident, run), text: actionWords(incident, run) })),
  ];
}

/** Every message has this line, as in the runbook: done, still open, or the reason why there is nothing to roll back. */
function rollback(incident: Incident): InternalNotification['actions'][number] {
  const { runs, skipped } = incident;
  const text = 'Rollback initiated';
  if (runs.some(isRollback)) return { done: true, text };
  const planned = playbooksOf(incident)
    .flatMap(({ plan }) => plan)
    .filter(rollsBack);
  if (planned.length === 0) return { done: null, text: `${text}: not applicable (no rollback remedies this trouble)` };
  const withoutCause = planned.every(({ name }) => skipped[name]?.because === 'no cause');
  return withoutCause
    ? { done: null, text: `${text}: not applicable (no deployment was found to be the cause)` }
    : { done: false, text };
}

const isDone = (incident: Incident, run: Run) => isSuccess(verdictOf(incident, run));

const actionWords = (incident: Incident, run: Run) =>
  `${clock(run.startedAt)} UTC, ${run.title}: ${runWords(incident, run)}`;
