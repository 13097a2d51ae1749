import { styleText } from 'node:util';
import { workaroundOrQuestion } from '../../lambda/domain/communication/questions.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { type Incident, playbookOf, type Run } from '../../lambda/domain/incident/incident.ts';
import { DRILL } from '../../lambda/domain/incident/signal.ts';
import {
  criteriaFor,
  RUNBOOK_CRITERIA,
  SEVERITIES,
  SEVERITY_MEANINGS,
  SEVERITY_NAMES,
  type Severity,
} from '../../lambda/domain/kernel/severity.ts';
import { clock, dateTime } from '../../lambda/domain/kernel/time.ts';
import { runWords } from '../../lambda/domain/messages/automation-lines.ts';
import { condensed } from '../../lambda/domain/messages/condensed.ts';
import { formatLine, type Tone } from '../../lambda/domain/messages/log.ts';
import { heldWords } from '../../lambda/domain/messages/page-fields.ts';
import { statusWords } from '../../lambda/domain/messages/status-words.ts';
import { checklist } from '../../lambda/domain/on-call/checklist.ts';
import { basis, lasted, worstWords } from '../../lambda/domain/outage/outage.ts';
import { isSuccess, verdictOf } from '../../lambda/domain/remediation/verdict.ts';
import { isReviewed, openItems, postMortemDue } from '../../lambda/domain/review/review.ts';
import type { ListedIncident } from '../../lambda/inbound/command-request.ts';
import { table } from './table.ts';

type Style = Parameters<typeof styleText>[0];

const TONES: Record<Tone, Style> = { bad: 'red', good: 'green', act: 'yellow', quiet: 'dim' };
const SEVERITY_STYLES: Record<Severity, Style> = { P1: ['red', 'bold'], P2: 'red', P3: 'yellow', P4: 'dim' };
const RUNS: Record<Run['status'], Style> = { running: 'yellow', succeeded: 'green', rehearsed: 'dim', failed: 'red' };

/** Lines of the timeline that are shown without `--all`. */
const LAST = 20;

const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);
const marked = ({ drill, held }: Pick<Incident, 'drill' | 'held'>) =>
  drill || held ? `${styleText(['yellow', 'bold'], drill ? DRILL : '[MAINTENANCE]')} ` : '';
const severityOf = ({ severity }: Pick<Incident, 'severity'>, text: string = severity) =>
  styleText(SEVERITY_STYLES[severity], text);
const mark = (ok: boolean | null) =>
  ok === null ? styleText('yellow', '?') : ok ? styleText('green', '✓') : styleText('red', '✗');

/** The incidents as a table, one a line. */
export function list(incidents: ListedIncident[], none: string): string {
  if (incidents.length === 0) return none;
  const rows = incidents.map(incident => {
    const { id, status, startedAt, commander, title, approval } = incident;
    const awaits = approval ? styleText('yellow', ', awaits approval') : '';
    return [
      ...[id, severityOf(incident), status, dateTime(startedAt), commander ?? dim('none yet')],
      `${marked(incident)}${title}${awaits}${mergedWords(incident)}`,
    ];
  });
  return table(rows, [20, 4, 15, 22, 20], ['incident', '', 'status', 'started', 'commander', 'title']);
}

/** An index lists the id alone, and the state of an incident its place as well. */
function mergedWords({ mergedInto }: ListedIncident): string {
  const id = typeof mergedInto === 'string' ? mergedInto : mergedInto?.id;
  return id ? dim(`, merged into ${id}`) : '';
}

/** The playbooks with the alarms that a drill can set off. */
export function playbooks(known: { name: string; title: string; alarms: Record<string, string> }[]): string {
  const rows = known.flatMap(({ name, title, alarms }) => [
    [bold(name), title],
    ...Object.entries(alarms).map(([alarm, level]) => [`  ${level}`, alarm]),
  ]);
  return table(rows, [24]);
}

/** The criteria of each severity: those that automation measures, and those that people judge. */
export function severities(): string {
  const rows = SEVERITIES.flatMap(level => [
    [styleText(SEVERITY_STYLES[level], level), `${SEVERITY_NAMES[level]}, ${SEVERITY_MEANINGS[level]}`],
    ...criteriaFor(level, RUNBOOK_CRITERIA).map(({ text, met }) => ['', `${text} ${dim(`(${met})`)}`]),
  ]);
  return table(rows, [4]);
}

/** An incident at a glance, with the last lines of its timeline, or all of them. */
export function show(incident: IncidentHistory, { all = false }: { all?: boolean | undefined } = {}): string {
  return [
    header(incident),
    section('Awaiting approval', approval(incident)),
    section('What fired', pointed(Object.values(incident.signals).map(s => [firing(s.state), s.summary]))),
    section('What was found', pointed(incident.findings.map(f => [mark(f.ok), f.summary]))),
    section('What was done', done(incident)),
    section('What remains to be done', remaining(incident)),
    section('Checklist', ticks(incident)),
    timeline(incident, all),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

const section = (title: string, body: string) => (body === '' ? '' : `${bold(title)}\n${body}`);
const pointed = (rows: string[][]) => (rows.length === 0 ? '' : table(indented(rows), [4]));
const indented = (rows: string[][]) => rows.map(([first, ...others]) => [`  ${first}`, ...others]);
const firing = (state: string) => mark(state === 'unknown' ? null : state === 'cleared');

function header(incident: Incident): string {
  const { id, severity, status, title, policy, cause, severityReasons, startedAt, resolvedAt } = incident;
  const { commander, acknowledged, reporter, handedOver, references } = incident;
  const workaround = workaroundOrQuestion(incident);
  const people = [
    commander
      ? `${commander} ${resolvedAt ? 'was' : 'is'} in command`
      : 'no commander yet (whoever acknowledges first)',
    `reported by ${reporter ?? 'automation'}`,
    ...(policy.reviewers?.length ? [`to be reviewed by ${policy.reviewers.join(', ')}`] : []),
    ...(acknowledged && !resolvedAt
      ? [`acknowledged by ${acknowledged.by} until ${clock(acknowledged.until)} UTC`]
      : []),
  ];
  const rows = [
    ...severityReasons.map(({ text }, i) => [i === 0 ? 'Because' : '', text]),
    ...(incident.held ? [['Held', heldWords(incident.held)]] : []),
    ...(cause ? [['Cause', cause]] : []),
    ['Impact', playbookOf(incident).impact],
    ...(workaround ? [['Workaround', workaround]] : []),
    ['Started', dateTime(startedAt)],
    ...(resolvedAt ? [['Resolved', dateTime(resolvedAt)]] : []),
    ...(resolvedAt ? [['Lasted', `${lasted(incident)}, ${basis(incident)}`]] : []),
    ...(resolvedAt ? [['Users', worstWords(incident) ?? 'not measured']] : []),
    ['People', people.join('; ')],
    ...(handedOver && !resolvedAt ? [['Over to', styleText('red', `people: ${handedOver.reason}`)]] : []),
    ...reviewed(incident),
    ...references.map(({ system, ref, url }) => ['Kept in', `${system} ${url ?? ref}`]),
  ];
  const name = severityOf(incident, `${severity} ${SEVERITY_NAMES[severity]}`);
  const first = `${marked(incident)}${bold(id)}  ${name}  ${incident.mergedInto ? statusWords(incident) : status}  ${bold(`${policy.title} ${title}`)}`;
  return `${first}\n${table(rows, [12])}`;
}

/** The post-mortem, if one is due: its deadline and its address. */
function reviewed(incident: Incident): string[][] {
  const { postMortem } = incident;
  const due = isReviewed(incident) ? postMortemDue(incident) : undefined;
  if (!due) return [];
  const where = ['', postMortem?.url ?? 'not drafted yet'];
  if (postMortem?.doneAt) return [['Review', `done on ${dateTime(postMortem.doneAt)}`], where];
  const deadline = `post-mortem due by ${dateTime(due)}`;
  const expected = postMortem?.expectedAt ? `, expected by ${dateTime(postMortem.expectedAt)}` : '';
  return [['Review', postMortem?.remindedAt ? styleText('red', `${deadline}, overdue${expected}`) : deadline], where];
}

/** The open action items, and the number of those that are done. */
function remaining(incident: Incident): string {
  const open = openItems(incident);
  const rows = open.map(({ id, priority, owner, dueAt, action, text }) => [
    ...[id, priority, owner ?? dim('none yet'), dueAt.slice(0, 10)],
    `${action}: ${text}`,
  ]);
  const finished = incident.actionItems.length - open.length;
  return [
    ...(rows.length > 0 ? [table(indented(rows), [7, 8, 16, 12])] : []),
    ...(finished > 0 ? [dim(`  ${finished} done`)] : []),
  ].join('\n');
}

function approval({ approval, id }: Incident): string {
  if (!approval) return '';
  const { step, title, expiresAt, reason } = approval;
  const rows = [
    ['', `${styleText('yellow', title)}, until ${dateTime(expiresAt)}; no answer is a no`],
    ...(reason ? [['', `it would run by itself, but ${reason}`]] : []),
    ['', `npx incident approve ${id} ${step}`],
    ['', `npx incident decline ${id} ${step}`],
  ];
  return table(rows, [2]);
}

function done(incident: Incident): string {
  const { runs, attempt } = incident;
  const rows = [
    ...runs.map(run => {
      const { startedAt, title, status, reason } = run;
      const words = `${title}: ${styleText(isSuccess(verdictOf(incident, run)) ? 'green' : RUNS[status], runWords(incident, run))}`;
      return [clock(startedAt), reason ? `${words} ${dim(`(${reason})`)}` : words];
    }),
    ...(attempt?.skipped ?? []).map(({ title, reasons }) => [
      '',
      `${title}: ${dim(`not tried (${reasons.join('; ')})`)}`,
    ]),
  ];
  return rows.length === 0 ? '' : table(indented(rows), [8]);
}

function ticks(incident: Incident): string {
  const rows = checklist(incident).map(({ item, text, done }) => [done ? styleText('green', '✓') : '·', item, text]);
  return table(indented(rows), [4, 14]);
}

function timeline(incident: IncidentHistory, all: boolean): string {
  const { version: length } = incident;
  const lines = all
    ? incident.timeline.map(event => ({ event, times: 1, since: event.at }))
    : condensed(incident.timeline);
  const shown = all ? lines : lines.slice(-LAST);
  const events = shown.reduce((sum, { times }) => sum + times, 0);
  const hint = all ? '' : '; --all shows all';
  const rest = length > events ? dim(` (the last ${events} of ${length}${hint})`) : '';
  const rows = shown.map(line => {
    const [tone, text] = formatLine(line, incident);
    return [`  ${line.event.at.slice(11, 19)}`, styleText(TONES[tone], text)];
  });
  return `${bold('Timeline')}${rest}\n${table(rows, [12])}`;
}
