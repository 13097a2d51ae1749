import { investigationOf } from '../communication/publication.ts';
import { isHarmed } from '../incident/harm.ts';
import type { Incident } from '../incident/incident.ts';
import { SEVERITIES, SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { dateTime } from '../kernel/time.ts';
import { cautionLines, previewLines } from './automation-lines.ts';
import type { Link, LinkAction } from './link.ts';

/** A form of a page. It changes something by one signed link: that of the page itself, or one to a next action. */
export interface Form {
  /** Distinguishes its fields from those of the other forms. */
  id: string;
  /** The path of the link that it is sent to; null for the page's own. */
  path: string | null;
  explains: string;
  /** The name of the text field; null without one. */
  field: string | null;
  required: boolean;
  choice: Choice | null;
  button: string;
  /** The text entered before, by somebody who is asked once more; null at first. */
  confirms: string | null;
}

interface Choice {
  name: 'severity' | 'into' | 'minutes';
  label: string;
  options: { value: string; text: string; selected: boolean }[];
}

/** An incident into which this one could be merged. */
export interface Other {
  id: string;
  title: string;
}

type Acting = Exclude<LinkAction, 'view' | 'read'>;
type Question = Pick<Form, 'explains' | 'field' | 'button'> & { required?: true; choice?: Choice };

const NOTE = { field: 'Note' };

const FORMS: Record<Acting, (incident: Incident, person: string, others: readonly Other[]) => Question> = {
  acknowledge: ({ policy }, person) => ({
    explains: `You take it on, as ${person}: nobody else is called for ${policy.acknowledgementMinutes} minutes.`,
    ...NOTE,
    button: 'Acknowledge',
  }),
  approve: incident => ({
    explains: [
      `"${incident.approval?.title}" is then done at once, and verified. No answer by ${dateTime(incident.approval?.expiresAt ?? '')} means no.`,
      ...cautionLines(incident.approval).map(line => `${line}.`),
      ...previewLines(incident, incident.approval?.step ?? ''),
    ].join(' '),
    ...NOTE,
    button: 'Approve',
  }),
  decline: ({ approval }) => ({ explains: `"${approval?.title}" is then not done.`, ...NOTE, button: 'Decline' }),
  publish: incident => ({
    explains: `From now on customers see ${publishedAs(incident)} on ${incident.policy.statusPage?.url ?? 'the status page'}, with an update at least every ${incident.policy.updateMinutes} minutes.`,
    ...NOTE,
    button: 'Publish',
  }),
  withhold: () => ({
    explains:
      'Customers are not told, and nobody is asked any more. If harm to them is measured, that is published all the same.',
    ...NOTE,
    button: 'Do not publish',
  }),
  command: ({ commander }, person) => ({
    explains: `You lead the response, as ${person}${commander ? `, in place of ${commander}` : ''}. Everybody sees it.`,
    ...NOTE,
    button: 'Take command',
  }),
  note: () => ({
    explains: 'It stands in the timeline, under your name. Customers do not read it.',
    ...{ field: 'Text', required: true, button: 'Add note' },
  }),
  severity: incident => ({
    explains: 'Your word counts. Automation raises the severity again only if it measures something worse.',
    field: 'Reason',
    choice: {
      ...{ name: 'severity', label: 'Severity' },
      options: SEVERITIES.map(value => ({
        ...{ value, text: `${value} - ${SEVERITY_NAMES[value]}`, selected: value === incident.severity },
      })),
    },
    button: 'Set severity',
  }),
  resolve: () => ({
    explains: 'You declare it over. What automation changed for a while is put back first.',
    ...{ field: 'What ended it', required: true, button: 'Resolve' },
  }),
  merge: (_, _person, others) => ({
    explains: 'It is the same trouble as another incident, and goes on there.',
    field: null,
    choice: {
      ...{ name: 'into', label: 'The other incident' },
      options: others.map(({ id, title }) => ({ value: id, text: `${id} ${title}`, selected: false })),
    },
    button: 'Merge',
  }),
  maintain: ({ policy }) => ({
    explains: `For all of ${policy.title}: until then alarms wake nobody, automation changes nothing, and nothing is published as an outage.`,
    ...{ field: 'What is being done', required: true },
    choice: {
      ...{ name: 'minutes', label: 'For how long' },
      options: [30, 60, 120, 240].map(minutes => ({
        ...{
          value: String(minutes),
          text: minutes < 60 ? '30 minutes' : `${minutes / 60} h`,
          selected: minutes === 60,
        },
      })),
    },
    button: 'Start maintenance',
  }),
  unmaintain: () => ({
    explains: 'Ends the window that is open. What is red then is an incident within minutes.',
    field: null,
    button: 'End maintenance',
  }),
};

const publishedAs = (incident: Incident) =>
  investigationOf(incident) && !isHarmed(incident) ? 'an investigation, without an outage,' : 'it';

/** The form of a link's action; null for a link that only shows something, and where there is nothing to choose from. */
export function formOf(
  incident: Incident,
  { action, person }: Pick<Link, 'action' | 'person'>,
  {
    path = null,
    confirms = null,
    others = [],
  }: { path?: string | null; confirms?: string | null; others?: readonly Other[] },
): Form | null {
  if (action === 'view' || action === 'read') return null;
  const { required = false, choice = null, button, ...question } = FORMS[action](incident, person, others);
  if (choice?.options.length === 0) return null;
  const again = confirms === null ? button : `${button} all the same`;
  return { ...question, id: action, path, required, choice, confirms, button: again };
}

/** The fields that somebody has filled in. */
export interface Entered {
  text?: string;
  whileRed?: boolean;
  severity?: string;
}

/** The command that the link's button gives; undefined for a link that commands nothing of the incident itself. */
export function commandOf({ action, step = '' }: Link, { text = '', whileRed = false, severity = '' }: Entered) {
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
    case 'command':
      return { type: 'take command' } as const;
    case 'note':
      return { type: 'note', text } as const;
    case 'severity':
      return { type: 'set severity', severity: severity as Severity, ...(text ? { reason: text } : {}) } as const;
    default:
      return undefined;
  }
}

/** The reason why what was entered is not enough; undefined where it is. */
export function missingIn(action: LinkAction, { text = '', severity }: Entered): string | undefined {
  if (action === 'resolve' && text === '') return 'say what ended it';
  if (action === 'note' && text === '') return 'write the note';
  if (action === 'maintain' && text === '') return 'say what is being done';
  if (action === 'severity' && !SEVERITIES.some(known => known === severity)) return 'choose a severity';
  return undefined;
}
