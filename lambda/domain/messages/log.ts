import { AUDIENCE_NAMES, type DeliveryChannel } from '../incident/audiences.ts';
import { checkWords } from '../incident/check-words.ts';
import type { Check, EventData, EventType, IncidentEvent } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import { TIME } from '../incident/person.ts';
import { titleOfStep } from '../incident/policy.ts';
import { redWords } from '../incident/red.ts';
import { sourceLabel } from '../incident/signal.ts';
import { percent } from '../kernel/numbers.ts';
import { serviceWords } from '../kernel/severity.ts';
import { clock, clockSince, dateTime, duration } from '../kernel/time.ts';
import { impactWords } from '../remediation/impact.ts';
import type { TimelineLine } from './condensed.ts';
import { heldWords } from './page-fields.ts';
import { lowerFirst } from './roles.ts';

/** The meaning of a line: `bad` trouble, `good` relief, `act` an action taken or due, `quiet` none of these. */
export type Tone = 'bad' | 'good' | 'act' | 'quiet';

type LogLine = [Tone, string];

const CHANNELS: Record<DeliveryChannel, string> = {
  stakeholders: 'stakeholders',
  reviewers: 'the reviewers',
  subscribers: 'subscribers',
  figures: 'the figures',
  'status page': 'the status page',
};

type Sentences = { [T in EventType]: (data: EventData[T], titles: Titles) => LogLine };

interface Titles {
  ofRun: (run: string) => string;
  ofStep: (step: string) => string;
}

const by = ({ by: who, via }: Person) => (via ? `${who} (${via})` : who);
const failed = (checks: readonly Check[]) =>
  checks
    .filter(({ passed }) => !passed)
    .map(checkWords)
    .join('; ');

const sources = (keys: readonly string[]) => keys.map(sourceLabel).join(', ');

const TICKET_SENTENCES: Record<EventData['TicketChanged']['change'], (who: string, text: string) => LogLine> = {
  acknowledged: (who, text) => ['quiet', `ticket acknowledged by ${who}: ${text || 'no person has answered'}`],
  unacknowledged: (who, text) => ['act', `ticket unacknowledged by ${who}${text ? `: ${text}` : ''}`],
  reassigned: (who, to) => ['quiet', `ticket reassigned by ${who}: ${to}`],
  delegated: (who, to) => ['quiet', `ticket delegated by ${who}: ${to}`],
  escalated: (who, to) => ['act', `ticket escalated by ${who}: ${to}`],
  priority: (who, priority) => ['quiet', `ticket's priority set by ${who}: ${priority || 'none'}`],
  'status update': (who, text) => ['quiet', `status update in the ticket by ${who}: ${text}`],
  reopened: (who, text) => ['act', `ticket reopened by ${who}${text ? `: ${text}` : ''}`],
  merged: (who, into) => ['act', `ticket merged by ${who}${into ? ` into ${into}` : ''}: this incident goes on`],
  resolved: (who, text) => [
    'act',
    `ticket resolved by ${who}: ${text || 'nobody decided it'}, so this incident goes on`,
  ],
};

const SENTENCES: Sentences = {
  IncidentOpened: ({ title, reporter }) => ['bad', `opened: ${title}${reporter ? `, declared by ${reporter}` : ''}`],
  SignalFired: ({ summary, maintenance }) =>
    maintenance ? ['quiet', `fires within maintenance: ${summary}`] : ['bad', `fires: ${summary}`],
  SignalCleared: ({ summary }) => ['good', `clears: ${summary}`],
  SignalLost: ({ summary }) => ['bad', `unknown: ${summary}`],
  SignalFlaps: ({ summary, changes, since }) => [
    'bad',
    `changes again and again, ${changes} times since ${clock(since)} UTC: ${summary}`,
  ],
  SignalsUnlisted: ({ listed }) => ['bad', `more than ${listed} signals: further ones are not listed until some clear`],
  CauseFound: ({ title }) => ['act', `the trouble is: ${title}`],
  AlarmsUnreadable: ({ keys }) => [
    'bad',
    `cannot be read in this account and region, so what they said last stands: ${sources(keys)}`,
  ],
  AlarmsReadable: ({ keys }) => ['quiet', `can be read again: ${sources(keys)}`],
  SeverityAssigned: ({ severity, reasons }) => ['act', `${severity}: ${reasons.map(({ text }) => text).join('; ')}`],
  Escalated: ({ level, role, reason }) => ['act', `paging the ${lowerFirst(role)} (level ${level}): ${reason}`],
  Reminded: ({ level, role }) => ['act', `paging the ${lowerFirst(role)} (level ${level}) again: nobody has answered`],
  TargetMissed: ({ target, minutes, to }) => [
    'bad',
    to
      ? `the update to ${AUDIENCE_NAMES[to]} did not go out in time`
      : `the ${target} target of ${duration(minutes)} was missed`,
  ],
  PageSent: ({ level, role, urgency, to }) => ['quiet', `${urgency} sent to ${to ?? role}, level ${level}`],
  Acknowledged: ({ until, ...person }) => ['good', `acknowledged by ${by(person)} until ${clock(until)}`],
  AcknowledgementWithdrawn: ({ reason, ...person }) => [
    'bad',
    `the acknowledgement is withdrawn by ${by(person)}${reason ? `: ${reason}` : ''}`,
  ],
  CommandTaken: person => ['good', `${by(person)} takes command`],
  NoteAdded: ({ text, ...person }) => ['quiet', `${by(person)}: ${text}`],
  Declared: ({ fact, text, ...person }) => [
    'bad',
    `${by(person)} declares a ${{ dataLoss: 'data loss', securityBreach: 'security breach' }[fact]}: ${text}`,
  ],
  WorkaroundReported: ({ available, text, ...person }) => [
    'quiet',
    `${by(person)}: ${available ? 'a workaround is available' : 'there is no workaround'}${text ? `, ${text}` : ''}`,
  ],
  ReferenceAdded: ({ system, ref, url }) => ['quiet', `kept in ${system}: ${url ?? ref}`],
  TicketChanged: ({ change, text = '', ...person }) => TICKET_SENTENCES[change](by(person), text),
  ChecklistTicked: ({ item, ...person }) => ['quiet', `${by(person)} ticks off: ${item}`],
  HeldForMaintenance: held => ['quiet', heldWords(held)],
  MaintenanceEnded: ({ reason }) => ['bad', `no longer held for maintenance: ${reason}`],
  DrillBecameReal: ({ reason }) => ['bad', `no longer a drill: ${reason}`],
  ResponseRequested: ({ attempt, from, approved }, titles) => [
    'quiet',
    `response ${attempt} begins${from ? ` with ${approved ? 'the approved step ' : ''}"${titles.ofStep(from)}"` : ''}`,
  ],
  DiagnosisRecorded: ({ findings }) => [
    'quiet',
    `diagnosis: ${findings.filter(({ ok }) => !ok).length} of ${findings.length} checks found something wrong`,
  ],
  StepSkipped: ({ title, reasons }) => ['quiet', `not tried: ${title} (${reasons.join('; ')})`],
  StepStarted: ({ title, dryRun, preview }) => [
    'act',
    `${title}${dryRun ? `, dry run${preview ? ' before approval is asked for' : ''}` : ''}`,
  ],
  StepSucceeded: ({ run }, titles) => ['good', `verified: ${titles.ofRun(run)}`],
  StepRehearsed: ({ run, report = [] }, titles) => [
    'quiet',
    [`dry run, nothing changed: ${titles.ofRun(run)}`, ...report.slice(0, 1)].join('. '),
  ],
  RunbookStarted: ({ run, execution }, titles) => ['quiet', `execution ${execution}: ${titles.ofRun(run)}`],
  ExecutionStopped: ({ title, changed }) => [
    'act',
    `stopped: ${title}${changed.length > 0 ? `, after ${changed.join('; ')}` : ', before it changed anything'}`,
  ],
  HarmSeen: ({ title, seen }) => ['bad', `made it worse, and is being reverted: ${title} (${seen})`],
  RevertRequested: ({ title, ...person }) => ['act', `${by(person)} reverts: ${title}`],
  ServiceMeasured: ({ facts }) => ['quiet', `measured: ${serviceWords(facts)}`],
  ImprovementSeen: ({ severity, seen }) => ['good', `improved, now a ${severity}: ${seen}`],
  StepFailed: ({ run, reason, checks, impact }, titles) => [
    'bad',
    `${impactWords(impact)}: ${titles.ofRun(run)} (${failed(checks) || reason})`,
  ],
  ApprovalRequested: ({ title, expiresAt, reason, renewed }) => [
    'act',
    `approval requested by ${dateTime(expiresAt)}: ${title}${reason ? `, because ${reason}` : ''}${renewed ? `, again: ${renewed}` : ''}`,
  ],
  ApprovalAskedAgain: ({ title, expiresAt, level }) => [
    'act',
    `approval requested again, up to level ${level}, by ${dateTime(expiresAt)}: ${title}`,
  ],
  ApprovalGiven: ({ step, ...person }, titles) => ['good', `${by(person)} approves: ${titles.ofStep(step)}`],
  ApprovalDeclined: ({ step, ...person }, titles) => [
    'act',
    person.by === TIME
      ? `approval timed out: ${titles.ofStep(step)}`
      : `${by(person)} declines: ${titles.ofStep(step)}`,
  ],
  ResponseEnded: ({ attempt, outcome }) => ['quiet', `response ${attempt} has ended: ${outcome}`],
  HandedOver: ({ reason }) => ['bad', `handed over to people: ${reason}`],
  ActionItemRaised: ({ action, text }) => ['act', `follow-up: ${action}: ${text}`],
  ActionItemChanged: ({ item, owner, priority, dueAt, ...person }) => [
    'quiet',
    `${by(person)} changes ${item}: ${[owner && `for ${owner}`, priority, dueAt && `due ${dueAt.slice(0, 10)}`].filter(Boolean).join(', ')}`,
  ],
  ActionItemDone: ({ item, ...person }) => ['good', `${by(person)} has done ${item}`],
  ActionItemDue: ({ item }) => ['act', `${item} is due and not done`],
  PublicationRequested: ({ severity, level }) => [
    'act',
    `should customers be told of this ${severity}? ${level ? `Asking level ${level}` : 'A person must say so'}`,
  ],
  PublicationDeclined: person => ['act', `not published, by ${by(person)}`],
  Published: ({ components, investigation, ...person }) => [
    'act',
    `published to the status page${investigation ? ' as an investigation' : ''}${components ? ` (${components.join(', ')})` : ''}, by ${by(person)}`,
  ],
  UpdatePosted: ({ to, status, text, nextAt }) => [
    'act',
    `update to ${AUDIENCE_NAMES[to]}: ${text ?? status}${nextAt ? `; next by ${clock(nextAt)} UTC` : ''}`,
  ],
  MessageDelivered: ({ channel }) => ['quiet', `delivered to ${CHANNELS[channel]}`],
  PostMortemDrafted: ({ url }) => ['act', `the post-mortem is drafted: ${url}`],
  OutageMeasured: ({ from, to, worst, unknown }) => [
    'quiet',
    unknown
      ? `metrics do not show how long it lasted: ${unknown}`
      : from && to
        ? `measured: people were affected from ${clock(from)} to ${clock(to)} UTC${worst ? `, at worst (${clock(worst.at)}) ${percent(worst.share)} of ${worst.of}` : ''}`
        : 'measured: people were not affected',
  ],
  CauseIdentified: ({ text, happenedAt, ...person }) => [
    'good',
    `${by(person)} identified the cause at ${clock(happenedAt)}: ${text}`,
  ],
  FixDeployed: ({ text, happenedAt, ...person }) => [
    'good',
    `${by(person)} had the fix in place at ${clock(happenedAt)}: ${text}`,
  ],
  PostMortemRequested: person => ['act', `${by(person)} requested a post-mortem`],
  PostMortemOverdue: ({ hours, dueAt }) => [
    'bad',
    dueAt
      ? `the post-mortem was due by ${dateTime(dueAt)}, and is late`
      : `the post-mortem is not done within ${hours} h`,
  ],
  PostMortemDone: person => ['good', `${by(person)} closes the review: the post-mortem is done`],
  Mitigated: ({ reason }) => ['good', `recovered: ${reason}`],
  SettlingFailed: ({ checks }) => ['bad', `not well yet: ${failed(checks)}`],
  ResolutionRequested: ({ reason, ...person }) => ['good', `${by(person)} says it is over: ${reason}`],
  MergedInto: ({ into, ...person }) => ['act', `${by(person)} merges it into ${into}: it goes on there`],
  Absorbed: ({ id, title, severity, ...person }) => [
    'act',
    `${by(person)} merges ${id} into it, a ${severity}: ${title}`,
  ],
  StillRed: ({ alarms, count }) => [
    'bad',
    `still red after the resolution: ${redWords(alarms, alarms[0]?.since ?? '', count)}`,
  ],
  Resolved: ({ reason, cancelled, ...person }) => [
    'good',
    `${cancelled ? 'cancelled' : 'resolved'} by ${by(person)}: ${reason}`,
  ],
};

/** A line of the incident log. An event of a newer deployment, unknown to this command line, is shown by its type. */
export function formatEvent(event: IncidentEvent, { runs, policy }: Incident): LogLine {
  const sentence = SENTENCES[event.type] as Sentences[EventType] | undefined;
  const titles = {
    ofRun: (run: string) => runs.find(r => r.run === run)?.title ?? run,
    ofStep: (step: string) => titleOfStep(policy, step),
  };
  return sentence ? sentence(event as never, titles) : ['quiet', event.type];
}

/** A line of the timeline with its repetitions: "reminded … (12 times since 09:10 UTC)". */
export function formatLine({ event, times, since }: TimelineLine, incident: Incident): LogLine {
  const [tone, text] = formatEvent(event, incident);
  return [tone, times > 1 ? `${text} (${times} times since ${clockSince(event.at, since)} UTC)` : text];
}
