import { styleText } from 'node:util';
import { type Distribution, TIME_NAMES, TIMES } from '../../lambda/domain/figures/figures.ts';
import type { MonthlyReport, ReportedIncident } from '../../lambda/domain/figures/report.ts';
import { isOpen } from '../../lambda/domain/incident/incident.ts';
import type { Promised } from '../../lambda/domain/incident/records.ts';
import { percent } from '../../lambda/domain/kernel/numbers.ts';
import { SEVERITIES, SEVERITY_NAMES } from '../../lambda/domain/kernel/severity.ts';
import { dateTime } from '../../lambda/domain/kernel/time.ts';
import type { ScheduledTask } from '../../lambda/domain/review/runbook-review.ts';
import { table } from './table.ts';

const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);
const NONE = dim('none');

/** The figures of a month as tables, with their definitions below. */
export function report(monthly: MonthlyReport): string {
  const { service, month, at, incidents, definitions } = monthly;
  const parts = [`${bold(`${service}, ${month}`)}, as of ${dateTime(at)}\n${counted(monthly)}`];
  if (incidents.length > 0)
    parts.push(times(monthly), targets(monthly), automation(monthly), `${bold('Incidents')}\n${list(incidents)}`);
  const items = monthly.actionItems.map(({ incident, id, action, owner, priority, dueAt }) => [
    `${incident} ${id}`,
    dueAt < at ? styleText('red', `${dueAt.slice(0, 10)} ✗`) : dueAt.slice(0, 10),
    priority,
    owner ?? dim('none yet'),
    action,
  ]);
  if (items.length > 0)
    parts.push(
      `${bold('Open action items')}\n${table(items, [24, 13, 9, 14], ['item', 'due', 'priority', 'owner', 'action'])}`,
    );
  const tasks = monthly.scheduledTasks.map(scheduled);
  if (tasks.length > 0) parts.push(`${bold('Scheduled tasks')}\n${tasks.join('\n')}`);
  if (incidents.length > 0) parts.push(`${bold('Definitions')}\n${table(Object.entries(definitions), [13])}`);
  return parts.join('\n\n');
}

function scheduled({ title, period, dueAt, mailedAt, mailed = [] }: ScheduledTask): string {
  return mailedAt
    ? `${title} ${period}: mailed ${mailedAt.slice(0, 10)} to the reviewers (${mailed.join(', ')}).`
    : `${title} ${period}: ${styleText('red', `due ${dueAt.slice(0, 10)}, not mailed`)}. Look at the alarm runbook-review-dead-letters-waiting.`;
}

function counted({ incidents, leftOut: { drill, cancelled, merged, maintenance } }: MonthlyReport): string {
  const open = incidents.filter(isOpen).length;
  const left = [
    ...(drill ? [`${drill} ${drill === 1 ? 'drill' : 'drills'}`] : []),
    ...(cancelled ? [`${cancelled} cancelled`] : []),
    ...(merged ? [`${merged} merged into another`] : []),
    ...(maintenance ? [`${maintenance} within maintenance`] : []),
  ];
  const words =
    incidents.length === 0
      ? 'No incident that counts was opened.'
      : `${incidents.length === 1 ? '1 incident was' : `${incidents.length} incidents were`} opened${open > 0 ? `, ${open} of them still open` : ''}.`;
  return left.length > 0 ? `${words} Left out: ${left.join(', ')}.` : words;
}

function times({ times: distributions }: MonthlyReport): string {
  const rows = TIME_NAMES.map(time => {
    const { n, p50, p90 }: Distribution = distributions[time];
    const { abbreviation, name } = TIMES[time];
    return [abbreviation, name, n === 0 ? NONE : String(n), short(p50), short(p90)];
  });
  return table(rows, [6, 21, 7, 10], [bold('Times'), '', 'n', 'p50', 'p90']);
}

function targets({ targets: judged }: MonthlyReport): string {
  const cell = (target: Promised, severity: (typeof SEVERITIES)[number]) => {
    const result = judged[target][severity];
    return result ? share(result.kept, result.of) : dim('best effort');
  };
  const rows = SEVERITIES.map(severity => [
    `${severity} ${SEVERITY_NAMES[severity]}`,
    cell('response', severity),
    cell('resolution', severity),
  ]);
  return table(rows, [27, 17], [bold('Targets'), 'response kept', 'resolution kept']);
}

function automation({ runbooks }: MonthlyReport): string {
  const rows = Object.entries(runbooks).map(([name, { runs, undos, dryRuns }]) => [
    name,
    share(runs.verified, runs.of),
    share(undos.verified, undos.of),
    dryRuns === 0 ? NONE : String(dryRuns),
  ]);
  if (rows.length === 0) return `${bold('Automation')}\nNo runbook has run.`;
  return table(rows, [27, 17, 17], [bold('Automation'), 'verified', 'reverted', 'dry runs']);
}

function list(incidents: ReportedIncident[]): string {
  const rows = incidents.map(({ id, severity, minutes, targets: judged, title, status }) => [
    id,
    severity,
    short(minutes.detect),
    judged.response === 'missed' ? missed(minutes.acknowledge) : short(minutes.acknowledge),
    short(minutes.mitigate),
    judged.resolution === 'missed' ? missed(minutes.resolve) : short(minutes.resolve),
    isOpen({ status }) ? `${title} ${styleText('yellow', `(${status})`)}` : title,
  ]);
  return table(rows, [20, 4, 9, 9, 9, 9], ['incident', '', 'MTTD', 'MTTA', 'MTTM', 'MTTR', 'title (✗ target missed)']);
}

const missed = (minutes: number | undefined) => styleText('red', `${short(minutes)} ✗`);

/** "3 of 4  75 %". */
function share(part: number, total: number): string {
  if (total === 0) return NONE;
  const text = `${part} of ${total}  ${percent(part / total)}`;
  return part === total ? styleText('green', text) : styleText('yellow', text);
}

/** "<1m", "12m", "1h20m", "3d4h". */
function short(minutes: number | undefined): string {
  if (minutes === undefined) return '–';
  if (minutes > 0 && minutes < 1) return '<1m';
  const whole = Math.round(minutes);
  const [days, hours, rest] = [Math.floor(whole / 1440), Math.floor(whole / 60) % 24, whole % 60];
  if (days > 0) return `${days}d${hours}h`;
  return hours > 0 ? `${hours}h${rest}m` : `${rest}m`;
}
