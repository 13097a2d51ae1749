import { attemptUnderWay, type Incident, previewOf, type Run } from '../incident/incident.ts';
import type { PendingApproval } from '../incident/records.ts';
import { reliefInPlace } from '../incident/reverts.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { clock, clockSince } from '../kernel/time.ts';
import { stepsLeft } from '../remediation/response.ts';
import { isSuccess, verdictOf, verdictWords } from '../remediation/verdict.ts';

const MARKS: Record<Run['status'], string> = { running: '>', succeeded: 'x', rehearsed: '~', failed: '!' };
/** A step that helped is done, also where it was not verified because something else stayed red. */
const markOf = (incident: Incident, run: Run) => (isSuccess(verdictOf(incident, run)) ? 'x' : MARKS[run.status]);

/** A run's state, or the verdict on it: "helped: from 40 % to 0 % of requests failing". */
export function runWords(incident: Incident, run: Run): string {
  if (run.status === 'running') return run.dryRun ? 'running dry' : 'under way';
  if (run.status === 'rehearsed') return 'dry run, nothing changed';
  return run.dryRun ? 'the dry run ended' : verdictWords(verdictOf(incident, run));
}

/** The remediation as lines of text: each step with its state, the latest last, and at the end what comes next. */
export function automationLines(incident: Incident): string[] {
  const runs = incident.runs.flatMap(run => {
    const state = runWords(incident, run);
    const why = run.reason ? ` (${run.reason})` : '';
    return [
      `[${markOf(incident, run)}] ${clock(run.startedAt)} ${run.title}: ${state}${why}`,
      ...(run.report ?? []).map(line => `    ${line}`),
    ];
  });
  const skipped = (incident.attempt?.skipped ?? []).map(s => `[ ] ${s.title}: not tried (${s.reasons.join('; ')})`);
  const lasting = reliefInPlace(incident).map(
    ({ title, step }) =>
      `[*] Stays in place while it relieves people: ${title} (npx incident revert ${incident.id} ${step})`,
  );
  return [
    ...runs,
    ...skipped,
    ...plannedTitles(incident).map(title => `[ ] ${title}: ${onlyObserves(incident) ? 'would be planned' : 'planned'}`),
    ...lasting,
    nextLine(incident),
  ];
}

/** The steps that the attempt under way may still take. */
function plannedTitles(incident: Incident): string[] {
  const attempt = attemptUnderWay(incident);
  if (!attempt || incident.status === 'monitoring') return [];
  return stepsLeft(incident, attempt.number)
    .filter(step => step.mode !== 'off')
    .map(step => step.title);
}

function nextLine(incident: Incident): string {
  if (incident.resolvedAt) return 'Nothing more is being done.';
  const { handedOver, mitigatedAt = '' } = incident;
  if (incident.status === 'monitoring' && (!handedOver || handedOver.at < mitigatedAt))
    return `Recovered; watching for ${incident.policy.autoResolveMinutes} min before it is resolved.`;
  if (onlyObserves(incident)) return 'Automation only observes here and changes nothing. You need to act.';
  if (handedOver) return 'Automation has stopped. You need to act.';
  if (incident.approval)
    return [
      `Waiting for approval of "${incident.approval.title}" until ${clockSince(incident.approval.askedAt, incident.approval.expiresAt)} UTC.`,
      ...cautionLines(incident.approval).map(line => `${line}.`),
    ].join(' ');
  if (!attemptUnderWay(incident)) return 'Nothing is running.';
  return incident.findings.length > 0 ? 'Automation is working through the plan.' : 'Automation is diagnosing.';
}

function onlyObserves(incident: Incident): boolean {
  const steps = playbooksOf(incident).flatMap(({ plan }) => plan);
  return steps.length > 0 && steps.every(({ mode }) => mode === 'observe' || mode === 'off');
}

/** Why a step asks that would run by itself, or asks again, in one sentence each. */
export const cautionLines = (approval: Partial<Pick<PendingApproval, 'reason' | 'renewed'>> | undefined) => [
  ...(approval?.reason ? [`It would run by itself, but ${approval.reason}`] : []),
  ...(approval?.renewed ? [`It was approved, but ${approval.renewed}`] : []),
];

/** The first line of a step's dry run: what would be changed, in one sentence. */
export const previewLines = (incident: Incident, step: string) => previewOf(incident, step)?.report?.slice(0, 1) ?? [];
