import { workaround } from '../communication/questions.ts';
import type { EventOf, Status } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import { percent } from '../kernel/numbers.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clock, dateTime, minutesBetween } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { worstRecorded } from '../outage/outage.ts';
import { links } from './page.ts';

/** What the template `messages/internal-notification.txt` is filled with: the runbook's 3.1. */
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
  /** Whether people have another way; null, nobody has said. */
  workaround: string | null;
  /** What was seen and found, a line each. */
  description: string[];
  /** A person's own words; null, there are none. */
  text: string | null;
  /** `done` is null of what does not apply to this incident. */
  actions: { done: boolean | null; text: string }[];
  /** `HH:MM UTC`, and minutes from this message; null, it is the last. */
  next: { at: string; minutes: number } | null;
  commander: string | null;
  /** Where the conversation is; null, there is none. */
  slack: string | null;
  /** When it was resolved. How long people were without is told once the metrics are read. */
  resolved: string | null;
  links: { label: string; url: string }[];
}

/** How an incident stands, for stakeholders, because of an update that is meant for them. */
export function internalNotification(incident: Incident, entry: EventOf<'UpdatePosted'>): InternalNotification {
  const { id, policy, title, severity, startedAt, drill = false, commander = null, references, resolvedAt } = incident;
  const over = entry.status === 'resolved';
  const minutes = entry.nextAt ? Math.round(minutesBetween(entry.at, entry.nextAt)) : 0;
  return {
    ...{ drill, severity, title, id, commander },
    kind: over ? '[RESOLVED]' : '[INCIDENT]',
    severityName: SEVERITY_NAMES[severity],
    service: policy.title,
    started: dateTime(startedAt),
    status: entry.status,
    impact: impactLines(incident),
    workaround: workaround(incident),
    description: description(incident),
    text: entry.text ?? null,
    actions: actions(incident),
    next: entry.nextAt ? { at: `${clock(entry.nextAt)} UTC`, minutes } : null,
    slack: references.find(({ system }) => system === 'slack')?.url ?? null,
    resolved: over && resolvedAt ? dateTime(resolvedAt) : null,
    links: links(incident),
  };
}

/** What people notice, and how many of them, as far as it was recorded: not the worst there was. */
export function impactLines(incident: Incident): string {
  const seen = worstRecorded(incident);
  const { impact } = incident.policy.playbook;
  return seen ? `${impact} (${percent(seen.share)} of requests failed when measured at ${clock(seen.at)} UTC)` : impact;
}

const description = ({ signals, findings, severityReasons, timeline }: Incident): string[] => [
  ...severityReasons.map(({ text }) => text),
  // With an incident that begins with it, it stands in the signal.
  ...timeline.flatMap(entry =>
    entry.type === 'Declared' && Object.values(signals).every(({ summary }) => !summary.startsWith(entry.text))
      ? [`${entry.text} (declared by ${entry.by})`]
      : [],
  ),
  ...Object.values(signals).map(({ state, summary }) => (state === 'firing' ? summary : `${summary} (no longer)`)),
  ...findings.filter(({ ok }) => ok === false).map(({ summary }) => summary),
];

/** The runbook's names for what takes a version back. */
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
    ...runs.filter(run => !isRollback(run)).map(run => ({ done: run.status === 'succeeded', text: said(run) })),
  ];
}

/** The line stands in every message, as the runbook has it: done, still open, or why there is nothing to roll back. */
function rollback({ runs, policy, timeline }: Incident): InternalNotification['actions'][number] {
  const text = 'Rollback initiated';
  if (runs.some(isRollback)) return { done: true, text };
  const planned = policy.playbook.plan.filter(rollsBack);
  if (planned.length === 0) return { done: null, text: `${text}: not applicable (no rollback remedies this trouble)` };
  const withoutCause = planned.every(({ name }) => {
    const skipped = timeline.findLast(entry => entry.type === 'StepSkipped' && entry.step === name);
    return skipped?.type === 'StepSkipped' && skipped.reasons.some(reason => reason.startsWith('cause: '));
  });
  return withoutCause
    ? { done: null, text: `${text}: not applicable (no deployment was found to be the cause)` }
    : { done: false, text };
}

const WORDS: Record<Run['status'], string> = {
  running: 'under way',
  succeeded: 'done and verified',
  rehearsed: 'rehearsed, nothing changed',
  failed: 'did not help',
};

const said = ({ title, status, startedAt }: Run) => `${title}: ${WORDS[status]} (${clock(startedAt)} UTC)`;
