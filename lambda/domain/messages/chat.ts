import { workaroundOrQuestion } from '../communication/questions.ts';
import { slackText as safe, slackLink } from '../encoding/slack.ts';
import { checkWords } from '../incident/check-words.ts';
import type { Check, EventType, IncidentEvent } from '../incident/events.ts';
import { firing, type Incident, isOpen, playbookOf } from '../incident/incident.ts';
import { AUTOMATION, TIME } from '../incident/person.ts';
import { titleOfStep } from '../incident/policy.ts';
import { redIn, redWords } from '../incident/red.ts';
import { DRILL } from '../incident/signal.ts';
import { SEVERITY_NAMES } from '../kernel/severity.ts';
import { truncated } from '../kernel/text.ts';
import { clock, clockSince, dateTime } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { basis, lasted, worstWords } from '../outage/outage.ts';
import { impactWords } from '../remediation/impact.ts';
import { postMortemDue } from '../review/review.ts';
import { cautionLines } from './automation-lines.ts';
import { incidentLinks } from './incident-links.ts';
import { heldWords, missedTarget } from './page-fields.ts';
import { lowerFirst } from './roles.ts';
import { statusWords } from './status-words.ts';

/** A message for Slack. Notifications and screen readers use `text`; `metadata` names the incident and event of the message. */
export interface Post {
  text: string;
  blocks?: Block[];
  metadata: { event_type: 'incident' | 'incident_entry'; event_payload: { id: string; seq: number } };
}

export type Block = { type: string; [field: string]: unknown };

/** The action of a button; its value names the incident, the step, and `whileRed` if its question names red alarms. */
export type Button =
  | 'acknowledge'
  | 'take-command'
  | 'approve'
  | 'decline'
  | 'publish'
  | 'withhold'
  | 'merge'
  | 'resolve';

/** The events that become a reply in the thread, with its text; an event that is not listed only updates the first message. */
const REPLIES: { [T in EventType]?: (event: Extract<IncidentEvent, { type: T }>, incident: Incident) => string } = {
  SeverityAssigned: ({ severity, reasons, by }) =>
    `*${severity} - ${SEVERITY_NAMES[severity]}*${by === AUTOMATION ? '' : `, set by ${safe(by)}`}: ${list(reasons.map(({ text }) => text))}`,
  Escalated: ({ level, role, reason }) => `Paging the *${safe(lowerFirst(role))}* (level ${level}): ${safe(reason)}`,
  TargetMissed: event => `:hourglass: ${missedTarget(event)}`,
  Acknowledged: ({ by, until }) => `:eyes: Acknowledged by *${safe(by)}*, until ${clock(until)} UTC`,
  CommandTaken: ({ by }) => `*${safe(by)}* has taken command`,
  NoteAdded: ({ by, text }) => `:memo: ${safe(by)}: ${safe(text)}`,
  Declared: ({ by, fact, text }) =>
    `:rotating_light: ${safe(by)} declares *${fact === 'dataLoss' ? 'data loss' : 'a security breach'}*: ${safe(text)}`,
  WorkaroundReported: ({ by, available, text }) =>
    `:memo: ${safe(by)}: ${available ? 'a workaround is available' : '*there is no workaround*'}${text ? `, ${safe(text)}` : ''}`,
  HeldForMaintenance: held => `:construction: ${safe(heldWords(held))}. Nothing is done, and nobody is woken.`,
  MaintenanceEnded: ({ reason }) => `:rotating_light: *No longer held for maintenance*: ${safe(reason)}`,
  DrillBecameReal: ({ reason }) => `:rotating_light: *This is no longer a drill*: ${safe(reason)}`,
  DiagnosisRecorded: ({ findings }) =>
    [
      'Diagnosis:',
      ...findings.map(({ ok, summary }) => `${ok === null ? '?' : ok ? '•' : ':warning:'} ${safe(summary)}`),
    ].join('\n'),
  StepStarted: ({ title, dryRun }) => `:arrow_forward: ${safe(title)}${dryRun ? ' (dry run: nothing is changed)' : ''}`,
  StepSucceeded: ({ run, checks }, incident) =>
    `:white_check_mark: ${titleOf(incident, run)}: done and verified (${allChecks(checks)})`,
  StepRehearsed: ({ run, report = [] }, incident) =>
    [`:white_check_mark: ${titleOf(incident, run)}: dry run, nothing was changed`, ...report.map(safe)].join('\n'),
  StepFailed: ({ run, reason, impact }, incident) =>
    `:x: ${titleOf(incident, run)}: ${impactWords(impact)} (${safe(reason)})`,
  ImprovementSeen: ({ severity, seen }, incident) =>
    `:large_green_circle: Improved: ${safe(seen)}. That is a ${severity}. Only you can lower it: \`npx incident severity ${incident.id} ${severity}\``,
  HarmSeen: ({ title, seen }) => `:warning: ${safe(title)} made it worse, and is being reverted: ${safe(seen)}`,
  RevertRequested: ({ title, by }) => `:leftwards_arrow_with_hook: *${safe(by)}* has reverted: ${safe(title)}`,
  ApprovalRequested: ({ title, expiresAt, at, ...why }) =>
    `:raised_hand: *Approve "${safe(title)}"?* ${cautionLines(why)
      .map(line => `${safe(line)}. `)
      .join('')}The buttons are in the first message. No answer by ${clockSince(at, expiresAt)} UTC means no.`,
  ApprovalAskedAgain: ({ title, expiresAt, at }) =>
    `:raised_hand: *Approve "${safe(title)}"?* Nobody has answered yet. No answer by ${clockSince(at, expiresAt)} UTC means no.`,
  ApprovalGiven: ({ step, by }, { policy }) => `:thumbsup: *${safe(by)}* approved: ${safe(titleOfStep(policy, step))}`,
  ApprovalDeclined: ({ step, by }, { policy }) =>
    `:thumbsdown: ${by === TIME ? 'Approval timed out' : `*${safe(by)}* declined`}: ${safe(titleOfStep(policy, step))}`,
  HandedOver: ({ reason }) => `:sos: *You need to act*: ${safe(reason)}`,
  PublicationRequested: ({ severity, level = 1 }) =>
    `:loudspeaker: *Should customers be told?*${level > 1 ? ` Nobody has answered: asking level ${level}.` : ''} This ${severity} is published only if somebody says so. The buttons are in the first message.`,
  PublicationDeclined: ({ by }) => `:mute: Not published, by *${safe(by)}*`,
  Published: ({ by, components }) =>
    `:loudspeaker: Published to the status page${components ? ` (${list(components)})` : ''}${by === AUTOMATION ? '' : `, by *${safe(by)}*`}`,
  UpdatePosted: ({ to, by, text = '', nextAt = '' }) =>
    `:loudspeaker: *${safe(by)}* tells ${to === 'public' ? 'customers' : 'stakeholders'}: ${safe(text)} (Next update by ${clock(nextAt)} UTC)`,
  OutageMeasured: (_, incident) =>
    `It lasted ${safe(lasted(incident) ?? '')}, ${safe(basis(incident))}: ${safe(worstWords(incident) ?? 'nothing measured how many noticed')}`,
  CauseIdentified: ({ by, text, happenedAt }) =>
    `:mag: Cause identified by *${safe(by)}* at ${clock(happenedAt)} UTC: ${safe(text)}`,
  FixDeployed: ({ by, text, happenedAt }) =>
    `:wrench: Fix in place by *${safe(by)}* at ${clock(happenedAt)} UTC: ${safe(text)}`,
  PostMortemRequested: ({ by }) => `:page_facing_up: *${safe(by)}* requested a post-mortem`,
  PostMortemDrafted: ({ url }, incident) =>
    `:page_facing_up: The ${slackLink('post-mortem', url)} is drafted, and due by ${dateTime(postMortemDue(incident) ?? '')}`,
  PostMortemOverdue: ({ hours, dueAt }) =>
    `:hourglass: The post-mortem ${dueAt ? `was due by ${dateTime(dueAt)}, and is late` : `is not done within ${hours} hours`}`,
  PostMortemDone: ({ by, summary }) => `:page_facing_up: The review is done, by *${safe(by)}*: ${safe(summary)}`,
  ActionItemDone: ({ by, item }) => `:white_check_mark: ${item} is done, by *${safe(by)}*`,
  ActionItemRaised: ({ action, text }) => `:pushpin: Follow-up: *${safe(action)}*. ${safe(text)}`,
  Mitigated: ({ reason }) => `:large_green_circle: *Recovered*: ${safe(reason)}`,
  SettlingFailed: ({ checks }) => `Not healthy yet: ${allChecks(checks.filter(({ passed }) => !passed))}`,
  MergedInto: ({ by, into }) =>
    `:twisted_rightwards_arrows: *${safe(by)}* has merged this into *${into}*: it goes on there`,
  Absorbed: ({ by, id, title, severity }) =>
    `:twisted_rightwards_arrows: *${safe(by)}* has merged *${id}* into this, a ${severity}: ${safe(title)}`,
  StillRed: ({ alarms, count, at }, { id }) =>
    `:rotating_light: *Still red after the resolution*: ${safe(redWords(alarms, at, count))}. If it is not over: \`npx incident reopen ${id} WHY\``,
  Resolved: ({ reason, by }) =>
    `:checkered_flag: *Resolved*${by === AUTOMATION ? '' : ` by ${safe(by)}`}: ${safe(reason)}`,
};

/** The events that the chat subscribes to: those with a reply, and those that the first message shows. */
export const CHAT_EVENTS = [
  'IncidentOpened',
  'SignalFired',
  ...(Object.keys(REPLIES) as EventType[]),
  'ReferenceAdded',
  'ChecklistTicked',
] as const satisfies EventType[];

/** Slack's limit for a section, in characters. A reply keeps to it too, for its reader's sake. */
const SECTION = 3000;

/** The reply to an event in the incident's thread; undefined when the event has none. */
export function threadReply(incident: Incident, event: IncidentEvent): Post | undefined {
  const reply = REPLIES[event.type] as ((event: IncidentEvent, incident: Incident) => string) | undefined;
  if (!reply || isRepetition(incident, event)) return undefined;
  const text = truncated(`${mark(incident)}${reply(event, incident)}`, SECTION);
  return { text, metadata: { event_type: 'incident_entry', event_payload: { id: incident.id, seq: event.seq } } };
}

/** The thread shows these already: the first severity, updates in the words of the templates, a question that is repeated. */
const isRepetition = ({ openedAt }: Incident, event: IncidentEvent) =>
  (event.type === 'PublicationRequested' && event.again) ||
  (event.type === 'SeverityAssigned' && event.at === openedAt) ||
  (event.type === 'UpdatePosted' && event.text === undefined);

/**
 * The first message of the thread: it always shows the current state, with buttons for what can be done. `posted` events have
 * their reply in the thread.
 */
export function threadHead(incident: Incident, posted = incident.version): Post {
  const { id, policy, severity, title, startedAt, commander } = incident;
  const what = `${policy.title} ${title}`;
  const workaround = workaroundOrQuestion(incident);
  const symbol = symbolOf(incident);
  const field = (name: string, value: string) => ({
    type: 'mrkdwn',
    text: truncated(`*${name}*\n${safe(value)}`, 2000),
  });
  const section = (text: string): Block => ({
    type: 'section',
    text: { type: 'mrkdwn', text: truncated(text, SECTION) },
  });
  const buttons = actions(incident);
  const text = `${mark(incident)}${severity} ${what} (${id}): ${statusWords(incident)}`;
  return {
    text: safe(text),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: truncated(`${symbol} ${mark(incident)}${severity} ${what}`, 150) },
      },
      {
        type: 'section',
        fields: [
          field('Incident', id),
          field('Status', statusWords(incident)),
          field('Severity', `${severity} - ${SEVERITY_NAMES[severity]}`),
          field('Commander', commander ?? 'none yet'),
          field('Started', dateTime(startedAt)),
          field('Impact', playbookOf(incident).impact),
          ...(workaround ? [field('Workaround', workaround)] : []),
        ],
      },
      section(
        [
          ...incident.severityReasons.map(reason => `• ${safe(reason.text)}`),
          ...firing(incident).map(([, signal]) => `:rotating_light: ${safe(signal.summary)}`),
        ].join('\n') || 'Nothing is firing',
      ),
      section(
        checklist(incident)
          .map(({ text, done }) => `${done ? '☑' : '☐'} ${safe(text)}`)
          .join('\n'),
      ),
      section(
        incidentLinks(incident)
          .map(({ label, url }) => slackLink(label, url))
          .join(' · ') || 'No links',
      ),
      ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    ],
    metadata: { event_type: 'incident', event_payload: { id, seq: posted } },
  };
}

function symbolOf({ status, severity, held }: Incident): string {
  if (!isOpen({ status })) return '🟢';
  if (held) return '⚪';
  return severity === 'P1' || severity === 'P2' ? '🔴' : '🟠';
}

function actions(incident: Incident): Block[] {
  if (!isOpen(incident)) return [];
  const { id, approval, publication, changedAt } = incident;
  const red = redIn(incident);
  const button = (action: Button, text: string, more: Record<string, unknown> = {}, about = {}): Block => ({
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text },
    value: JSON.stringify({ incident: id, ...about }),
    ...more,
  });
  const confirmation = (title: string, text: string, confirm: string, deny: string) => ({
    confirm: {
      title: { type: 'plain_text', text: title },
      text: { type: 'plain_text', text: truncated(text, 300) },
      confirm: { type: 'plain_text', text: confirm },
      deny: { type: 'plain_text', text: deny },
    },
  });
  const answers = approval
    ? [
        button(
          'approve',
          'Approve',
          { style: 'primary', ...confirmation('Approve?', approval.title, 'Approve', 'Not now') },
          { step: approval.step },
        ),
        button('decline', 'Decline', { style: 'danger' }, { step: approval.step }),
      ]
    : [];
  return [
    ...answers,
    button('acknowledge', 'Acknowledge', answers.length > 0 ? {} : { style: 'primary' }),
    ...(publication?.askedAt && !publication.at && !publication.declined
      ? [
          button('publish', 'Tell customers', {
            ...confirmation(
              'Tell customers?',
              'It appears on the status page, and subscribers are mailed.',
              'Publish',
              'Not yet',
            ),
          }),
          button('withhold', 'Do not tell customers'),
        ]
      : []),
    button('take-command', 'Take command'),
    button(
      'merge',
      'Merge…',
      confirmation(
        'Is it the same trouble?',
        `${id} then goes on in the other incident of the service that is open.`,
        'It is the same',
        'Not now',
      ),
    ),
    button(
      'resolve',
      'Resolve…',
      confirmation(
        red.length > 0 ? 'Is it over all the same?' : 'Is it over?',
        red.length > 0
          ? `${id} would be closed, and these are still red: ${redWords(red, changedAt)}`
          : `${id} is closed, and what is still changed is put back first.`,
        'It is over',
        'Not yet',
      ),
      red.length > 0 ? { whileRed: true } : {},
    ),
  ];
}

const mark = ({ drill, held }: Incident) => (drill ? `${DRILL} ` : held ? '[MAINTENANCE] ' : '');
const titleOf = ({ runs }: Incident, run: string) => safe(runs.find(r => r.run === run)?.title ?? run);
const allChecks = (checks: readonly Check[]) => list(checks.map(checkWords));
const list = (texts: readonly string[]) => texts.map(safe).join('; ');
