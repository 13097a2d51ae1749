import { investigationOf } from '../communication/publication.ts';
import { workaroundOrQuestion } from '../communication/questions.ts';
import { AWS_HEALTH } from '../incident/checks.ts';
import type { PersonCommand } from '../incident/commands.ts';
import type { EventType } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { type Incident, isOpen, playbookOf } from '../incident/incident.ts';
import { SEVERITY_NAMES } from '../kernel/severity.ts';
import { clock, dateTime } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { automationLines, cautionLines, previewLines } from './automation-lines.ts';
import { condensed } from './condensed.ts';
import type { Link } from './link.ts';
import { formatLine } from './log.ts';
import { statusWords } from './status-words.ts';

/** A page with text alone. */
export interface MessagePage {
  title: string;
  texts: string[];
  /** The page to go to from here. */
  link: { label: string; url: string } | null;
}

/** The page of an incident behind a link: its state, and a form for the one action that the link allows. */
export interface AnswerPage {
  title: string;
  drill: boolean;
  severity: string;
  heading: string;
  id: string;
  notice: PageNotice | null;
  form: Form | null;
  /** The other incidents of the service that are open, of which this one may be a part; null where it cannot be merged. */
  merge: { id: string; title: string }[] | null;
  fields: { name: string; value: string }[];
  signals: { firing: boolean; text: string }[];
  doing: string[];
  checklist: { done: boolean; text: string }[];
  timeline: { at: string; clock: string; text: string }[];
}

/** `confirms`: what was entered before, by somebody who is asked once more; null at first. */
interface Form {
  explains: string;
  field: string;
  required: boolean;
  button: string;
  confirms: string | null;
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
/** Events of automation that repeat what stands elsewhere on the page. */
const LEFT_OUT: readonly EventType[] = ['PageSent', 'ResponseRequested'];

/**
 * @param canBeDone shows the form: by default when there is no notice.
 * @param confirms what was entered before, if the person is asked once more
 * @param others the incidents that this one can be merged into
 */
export function answerPage(
  incident: IncidentHistory,
  link: Link,
  notice: PageNotice | null,
  canBeDone = notice === null,
  confirms: string | null = null,
  others: readonly { id: string; title: string }[] = [],
): AnswerPage {
  const { id, policy, title, severity, severityReasons, startedAt, commander, acknowledged, timeline } = incident;
  const heading = `${policy.title} ${title}`;
  const workaround = workaroundOrQuestion(incident);
  return {
    title: `${severity} ${heading} - ${id}`,
    drill: incident.drill ?? false,
    severity,
    heading,
    id,
    notice,
    form: canBeDone ? formOf(incident, link, confirms) : null,
    merge: canBeDone && others.length > 0 ? others.map(({ id, title }) => ({ id, title })) : null,
    fields: [
      { name: 'Severity', value: `${severity} - ${SEVERITY_NAMES[severity]}` },
      { name: 'Because', value: severityReasons.map(({ text }) => text).join('; ') || 'not yet assessed' },
      { name: 'Status', value: statusWords(incident) },
      { name: 'Started', value: dateTime(startedAt) },
      { name: 'Impact', value: playbookOf(incident).impact },
      ...(workaround ? [{ name: 'Workaround', value: workaround }] : []),
      ...awsHealth(incident),
      { name: 'Commander', value: commander ?? 'nobody yet: the first to acknowledge' },
      ...(acknowledged && isOpen(incident)
        ? [{ name: 'Acknowledged', value: `by ${acknowledged.by}, until ${clock(acknowledged.until)} UTC` }]
        : []),
    ],
    signals: Object.values(incident.signals).map(({ state, summary }) => ({
      firing: state === 'firing',
      text: summary,
    })),
    doing: automationLines(incident),
    checklist: checklist(incident).map(({ done, text }) => ({ done, text })),
    timeline: condensed(timeline.filter(({ type }) => !LEFT_OUT.includes(type)))
      .slice(-LATEST)
      .reverse()
      .map(line => ({ at: line.event.at, clock: clock(line.event.at), text: formatLine(line, incident)[1] })),
  };
}

/** The finding about AWS's own trouble, with its time, unless there is none. */
const awsHealth = ({ findings }: Incident) =>
  findings
    .filter(({ check, ok }) => check === AWS_HEALTH && ok !== true)
    .map(({ summary, at }) => ({
      name: AWS_HEALTH,
      value: `${summary.replace(`${AWS_HEALTH}: `, '')}${at ? `, as of ${clock(at)} UTC` : ''}`,
    }));

function formOf(incident: Incident, link: Link, confirms: string | null): Form | null {
  if (link.action === 'view' || link.action === 'read') return null;
  const form = FORMS[link.action](incident, link);
  return { ...form, confirms, button: confirms === null ? form.button : `${form.button} all the same` };
}

type Question = Omit<Form, 'confirms'>;

const FORMS: Record<Exclude<Link['action'], 'view' | 'read'>, (incident: Incident, link: Link) => Question> = {
  acknowledge: ({ policy }, { person }) => ({
    explains: `You take it on, as ${person}: nobody else is called for ${policy.acknowledgementMinutes} minutes.`,
    ...{ field: 'Note', required: false, button: 'Acknowledge' },
  }),
  approve: incident => ({
    explains: [
      `"${incident.approval?.title}" is then done at once, and verified. No answer by ${dateTime(incident.approval?.expiresAt ?? '')} means no.`,
      ...cautionLines(incident.approval).map(line => `${line}.`),
      ...previewLines(incident, incident.approval?.step ?? ''),
    ].join(' '),
    ...{ field: 'Note', required: false, button: 'Approve' },
  }),
  decline: ({ approval }) => ({
    explains: `"${approval?.title}" is then not done.`,
    ...{ field: 'Note', required: false, button: 'Decline' },
  }),
  publish: incident => ({
    explains: `From now on customers see ${publishedAs(incident)} on ${incident.policy.statusPage?.url ?? 'the status page'}, with an update at least every ${incident.policy.updateMinutes} minutes.`,
    ...{ field: 'Note', required: false, button: 'Publish' },
  }),
  withhold: () => ({
    explains:
      'Customers are not told, and nobody is asked any more. If harm to them is measured, that is published all the same.',
    ...{ field: 'Note', required: false, button: 'Do not publish' },
  }),
  resolve: () => ({
    explains: 'You declare it over. What automation changed for a while is put back first.',
    ...{ field: 'What ended it', required: true, button: 'Resolve' },
  }),
};

const publishedAs = (incident: Incident) =>
  investigationOf(incident) && !isHarmed(incident) ? 'an investigation, without an outage,' : 'it';

/** The command that the link's button gives; undefined for a link that only shows something. */
export function commandOf({ action, step = '' }: Link, text: string, whileRed: boolean) {
  switch (action) {
    case 'acknowledge':
      return { type: 'acknowledge' } as const;
    case 'approve':
    case 'decline':
      return { type: 'answer approval', step, approve: action === 'approve' } as const;
    case 'publish':
      return { type: 'publish' } as const;
    case 'withhold':
      return { type: 'withhold' } as const;
    case 'resolve':
      return { type: 'resolve', reason: text, whileRed } as const;
    case 'view':
    case 'read':
      return undefined;
  }
}

const DONE: Record<Link['action'], string> = {
  acknowledge: 'acknowledged it',
  approve: 'approved it',
  decline: 'declined it',
  publish: 'let customers know',
  withhold: 'kept it from the status page',
  resolve: 'declared it over',
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
