import { workaroundOrQuestion } from '../communication/questions.ts';
import { AWS_HEALTH } from '../incident/checks.ts';
import type { PersonCommand } from '../incident/commands.ts';
import type { EventType } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { type Incident, isOpen, playbookOf } from '../incident/incident.ts';
import { SEVERITY_NAMES } from '../kernel/severity.ts';
import { clock, clockSince, dateTime } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { type Form, formOf, type Other } from './answer-forms.ts';
import { automationLines } from './automation-lines.ts';
import { condensed } from './condensed.ts';
import { incidentLinks } from './incident-links.ts';
import type { Link, LinkAction } from './link.ts';
import { datedSignal } from './listed-signals.ts';
import { formatLine } from './log.ts';
import { situation } from './situation.ts';
import { statusWords } from './status-words.ts';

/** A page with text alone. */
export interface MessagePage {
  title: string;
  texts: string[];
  /** The page to go to from here. */
  link: { label: string; url: string } | null;
}

/** The page of an incident behind a link, from which a person works: its state, the link's action, and what else can be done. */
export interface AnswerPage {
  title: string;
  drill: boolean;
  severity: string;
  heading: string;
  id: string;
  notice: PageNotice | null;
  /** The link's own action, while it is possible. */
  form: Form | null;
  /** The other actions of the person now, by a link each. */
  next: Form[];
  fields: { name: string; value: string }[];
  signals: { firing: boolean; text: string }[];
  /** The diagnosis: `bad` explains the trouble, `good` is well, `dim` could not be looked at. */
  findings: { tone: PageNotice['tone']; text: string; clock: string | null }[];
  doing: string[];
  links: { label: string; url: string }[];
  checklist: { done: boolean; text: string }[];
  timeline: { at: string; clock: string; text: string }[];
}

/** The result of the action, or the reason why it is not possible. */
export interface PageNotice {
  tone: 'good' | 'bad' | 'dim';
  text: string;
}

/**
 * One page for every invalid link: forged, expired, or of an unknown incident. It must not tell which, or it would help to
 * guess.
 */
export const REFUSAL: MessagePage = {
  title: 'This link cannot be used',
  texts: [
    'It may have expired, or it is not complete. Use the link of the latest message.',
    'You can also answer from the command line: npx incident list',
  ],
  link: null,
};

export const UNAVAILABLE: MessagePage = {
  title: 'This did not work just now',
  texts: [
    'Open the link again in a minute: it says what has been done.',
    'You can also answer from the command line: npx incident list',
  ],
  link: null,
};

/** The page shows this many of the latest events. */
const LATEST = 15;
/** Records of the responder's own work, and what stands elsewhere on the page. */
const LEFT_OUT: readonly EventType[] = [
  ...['PageSent', 'MessageDelivered', 'ResponseRequested', 'RunbookStarted', 'ServiceMeasured', 'OutageMeasured'],
  ...['ReferenceAdded', 'AlarmsReadable', 'AlarmsUnreadable', 'SignalsUnlisted', 'StepSkipped', 'ResponseEnded'],
] as EventType[];

/**
 * @param canBeDone shows the form: by default when there is no notice.
 * @param confirms what was entered before, if the person is asked once more
 * @param others the incidents that this one can be merged into
 * @param next the links to what else the person may do
 */
export function answerPage(
  incident: IncidentHistory,
  link: Link,
  notice: PageNotice | null,
  canBeDone = notice === null,
  confirms: string | null = null,
  others: readonly Other[] = [],
  next: readonly { action: LinkAction; path: string }[] = [],
): AnswerPage {
  const { worst, now } = situation(incident, incident.changedAt);
  const { id, policy, title, severity, startedAt, commander, acknowledged, timeline } = incident;
  const heading = `${policy.title} ${title}`;
  const workaround = workaroundOrQuestion(incident);
  return {
    title: `${severity} ${heading} - ${id}`,
    drill: incident.drill ?? false,
    severity,
    heading,
    id,
    notice,
    form: canBeDone ? formOf(incident, link, { confirms, others }) : null,
    next: next.flatMap(({ action, path }) =>
      canBeDone && action === link.action
        ? []
        : (formOf(incident, { action, person: link.person }, { path, others }) ?? []),
    ),
    fields: [
      { name: 'Severity', value: `${severity} - ${SEVERITY_NAMES[severity]}` },
      { name: 'Because', value: because(incident) },
      { name: 'Status', value: statusWords(incident) },
      { name: 'Started', value: dateTime(startedAt) },
      { name: 'Impact', value: playbookOf(incident).impact },
      ...(worst ? [{ name: 'At worst', value: worst }] : []),
      ...(now ? [{ name: 'Last seen', value: now }] : []),
      ...(workaround ? [{ name: 'Workaround', value: workaround }] : []),
      ...awsHealth(incident),
      { name: 'Commander', value: commander ?? 'none yet (whoever acknowledges first)' },
      ...(acknowledged && isOpen(incident)
        ? [{ name: 'Acknowledged', value: `by ${acknowledged.by}, until ${clock(acknowledged.until)} UTC` }]
        : []),
    ],
    signals: Object.values(incident.signals).map(signal => ({
      firing: signal.state === 'firing',
      text: datedSignal(signal, incident.changedAt),
    })),
    findings: incident.findings
      .filter(({ check }) => check !== AWS_HEALTH)
      .map(({ ok, summary, at }) => ({
        tone: ok === null ? 'dim' : ok ? 'good' : 'bad',
        text: summary,
        clock: at ? clock(at) : null,
      })),
    doing: automationLines(incident),
    links: incidentLinks(incident).filter(({ url }) => /^https?:/.test(url)),
    checklist: checklist(incident).map(({ done, text }) => ({ done, text })),
    timeline: condensed(timeline.filter(({ type }) => !LEFT_OUT.includes(type)))
      .slice(-LATEST)
      .reverse()
      .map(line => ({ at: line.event.at, clock: clock(line.event.at), text: formatLine(line, incident)[1] })),
  };
}

/** The reasons of the severity, and when it was assessed by them. */
function because({ severityReasons, assessedAt, changedAt }: Incident): string {
  const reasons = severityReasons.map(({ text }) => text).join('; ');
  if (!reasons) return 'not yet assessed';
  return assessedAt ? `${reasons} (as of ${clockSince(changedAt, assessedAt)} UTC)` : reasons;
}

/** The finding about AWS's own trouble, with its time, unless there is none. */
const awsHealth = ({ findings }: Incident) =>
  findings
    .filter(({ check, ok }) => check === AWS_HEALTH && ok !== true)
    .map(({ summary, at }) => ({
      name: AWS_HEALTH,
      value: `${summary.replace(`${AWS_HEALTH}: `, '')}${at ? `, as of ${clock(at)} UTC` : ''}`,
    }));

const DONE: Record<Link['action'], string> = {
  acknowledge: 'acknowledged it',
  approve: 'approved it',
  decline: 'declined it',
  publish: 'let customers know',
  withhold: 'kept it from the status page',
  resolve: 'declared it over',
  command: 'taken command',
  note: 'added a note',
  severity: 'set the severity',
  merge: 'merged it into another',
  maintain: 'started maintenance',
  unmaintain: 'ended maintenance',
  view: 'seen it',
  read: 'read it',
};

/** Says that the link's action was done before, by the command with that id; undefined when it was not. */
export function alreadyDone(
  { applied }: Incident,
  { action, person }: Link,
  command: PersonCommand['id'],
): PageNotice | undefined {
  const done = applied.find(({ id }) => id === command);
  return (
    done && { tone: 'good', text: `This has been done already: ${person} ${DONE[action]} at ${clock(done.at)} UTC.` }
  );
}

export const doneNotice = ({ action, person }: Link): PageNotice => ({
  tone: 'good',
  text: `Done: ${person} has ${DONE[action]}.`,
});

/** The question before an incident is resolved while alarms are red. */
export const redNotice = (refused: string): PageNotice => ({
  tone: 'bad',
  text: `Nothing has been done yet, because alarms are ${refused}. Is it over all the same? If they are red in ten minutes, people are told; in an hour, a new incident opens.`,
});

export const resolvedNotice = ({ id, resolvedAt, mergedInto }: Incident): PageNotice => ({
  tone: 'good',
  text: mergedInto
    ? `${id} is merged into ${mergedInto.id}, and goes on there. Nothing is left to do here.`
    : `${id} is resolved${resolvedAt ? ` since ${dateTime(resolvedAt)}` : ''}. Nothing is left to do here.`,
});
