import type { WorldEvent } from 'embedded-aws';
import { partsOfMarkup } from '../web/parts.ts';

/** One event as a person reads it. */
export interface Line {
  label: string;
  text: string;
  tone: 'bad' | 'good' | 'act' | 'warn' | 'plain' | 'quiet';
  /** Points below it, each with what became of it; null is not known. */
  details?: { ok: boolean | null; text: string }[];
}

// biome-ignore lint/suspicious/noExplicitAny: each kind of happening has its own details
type Details = Record<string, any>;

const beginning = (text: string) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

const withoutMarkup = (text: string) =>
  partsOfMarkup(text)
    .map(part => part.text)
    .join('');

const audience = (to: string) => (to === 'public' ? 'customers' : to);

type Describe = (details: Details) => Line | undefined;

const checks = (list: Details[]) => list.map(({ check, passed, seen }) => ({ ok: passed, text: `${check}: ${seen}` }));

const LINES: Record<string, Describe> = {
  service: ({ change, fault }) => ({ label: 'service', text: change, tone: fault ? 'warn' : 'quiet' }),
  event: ({ detailType, matched, rules }) => ({
    label: 'event',
    text: `${detailType}: ${matched ? `matched ${rules.join(', ')}` : 'matched no rule'}`,
    tone: 'plain',
  }),
  deployment: ({ stack, resources }) => ({
    label: 'deployed',
    text: `${stack}: ${resources} resources`,
    tone: 'plain',
  }),
  'aws issue': ({ service, code, open, updatedAt }) => ({
    label: 'aws health',
    text: `AWS reports that its issue of ${service} ${open ? 'is open' : 'is over'}, ${updatedAt.slice(11, 16)} UTC: ${code}`,
    tone: open ? 'warn' : 'good',
  }),
  alarm: ({ state, name, description }) => {
    if (state === 'ALARM') return { label: 'ALARM', text: `${name} fires: ${description}`, tone: 'bad' };
    return { label: 'alarm', text: `${name} is ${state}`, tone: state === 'OK' ? 'good' : 'warn' };
  },
  message: ({ channel, to, subject }) => ({ label: channel, text: `to ${to}: ${subject}`, tone: 'act' }),
  'customer mail': ({ to, subject }) => ({ label: 'email', text: `to ${to}: ${subject}`, tone: 'act' }),
  // The first message is changed with every reply: that would only repeat it.
  slack: ({ text, change }) =>
    change ? undefined : { label: 'slack', text: beginning(withoutMarkup(text).split('\n')[0] ?? ''), tone: 'plain' },
  pagerduty: ({ action, key, summary }) => ({
    label: 'pagerduty',
    text: [action, key, summary].filter(Boolean).join(' '),
    tone: 'plain',
  }),
  person: ({ who, does, tone }) => ({ label: 'person', text: `${who} ${does}`, tone }),
  'status page': ({ status, name }) => ({
    label: 'status page',
    text: `${status[0].toUpperCase()}${status.slice(1)}: ${name}`,
    tone: 'plain',
  }),
  dropped: ({ topic, reason }) => ({ label: 'DROPPED', text: `a message to ${topic}: ${reason}`, tone: 'bad' }),
  'dead letter': ({ queue }) => ({ label: 'DEAD', text: `a letter in ${queue}`, tone: 'bad' }),
  workflow: ({ name, status, error, cause }) =>
    status === 'RUNNING' || status === 'SUCCEEDED'
      ? undefined
      : { label: 'workflow', text: `${name} ${status}: ${error} ${cause}`, tone: 'bad' },
  'runbook step': ({ step, action, status, failureMessage }) =>
    status === 'InProgress' || status === 'Pending'
      ? undefined
      : { label: '', text: `${step} (${action}): ${failureMessage ?? status}`, tone: 'quiet' },
  runbook: ({ name, status, parameters, failureMessage }) =>
    status === 'InProgress'
      ? { label: 'runbook', text: `${name} ${parametersOf(parameters)}`, tone: 'act' }
      : {
          label: 'runbook',
          text: `${name}: ${status}${failureMessage ? `, ${failureMessage}` : ''}`,
          tone: status === 'Success' ? 'act' : 'bad',
        },

  IncidentOpened: ({ id, title, drill }) => ({
    label: 'INCIDENT',
    text: `${drill ? '[DRILL] ' : ''}${id} ${title}`,
    tone: drill ? 'warn' : 'bad',
  }),
  DrillBecameReal: ({ reason }) => ({ label: 'NO DRILL', text: `it became real: ${reason}`, tone: 'bad' }),
  SignalLost: ({ summary }) => ({ label: 'signal', text: `unknown: ${summary}`, tone: 'warn' }),
  AlarmsUnreadable: ({ keys }) => ({ label: 'signal', text: `cannot be read back: ${keys.join(', ')}`, tone: 'warn' }),
  SeverityAssigned: ({ severity, reasons }) => ({
    label: 'severity',
    text: `${severity}: ${reasons.map(({ text }: Details) => text).join('; ')}`,
    tone: 'warn',
  }),
  Escalated: ({ role, level, reason }) => ({
    label: 'escalation',
    text: `level ${level}, ${role}: ${reason}`,
    tone: 'warn',
  }),
  Reminded: ({ role, level }) => ({
    label: 'escalation',
    text: `level ${level}, ${role}: called again, nobody has answered`,
    tone: 'warn',
  }),
  TargetMissed: ({ target, minutes, to }) => ({
    label: 'TOO LATE',
    text: to ? `the update to ${audience(to)}` : `the ${target}: due within ${minutes} min`,
    tone: 'bad',
  }),
  Acknowledged: ({ by }) => ({ label: 'ack', text: `by ${by}`, tone: 'good' }),
  DiagnosisRecorded: ({ findings }) => ({
    label: 'diagnosis',
    text: 'in the order of the runbook:',
    tone: 'plain',
    details: findings.map(({ ok, summary }: Details) => ({ ok, text: summary })),
  }),
  StepSkipped: ({ title, reasons }) => ({ label: 'skipped', text: `${title}: ${reasons.join('; ')}`, tone: 'warn' }),
  StepStarted: ({ title, dryRun, preview, guardrails }) => ({
    label: 'step',
    text: `${title}${preview ? ' (dry run, before approval is asked for)' : dryRun ? ' (dry run)' : ''}`,
    tone: 'act',
    details: guardrails.map(({ guardrail, passed, reason }: Details) => ({
      ok: passed,
      text: `${guardrail}: ${reason}`,
    })),
  }),
  StepSucceeded: ({ checks: list }) => ({
    label: 'verified',
    text: 'the step did what it was for:',
    tone: 'good',
    details: checks(list),
  }),
  StepRehearsed: ({ report = [] }) => ({
    label: 'dry run',
    text: 'nothing was changed',
    tone: 'warn',
    details: report.map((text: string) => ({ ok: null, text })),
  }),
  StepFailed: ({ reason, checks: list }) => ({
    label: 'NOT FIXED',
    text: list.length > 0 ? 'not verified, so it counts as failed:' : reason,
    tone: 'bad',
    details: checks(list),
  }),
  ApprovalRequested: ({ title, expiresAt, reason }) => ({
    label: 'approval',
    text: `${title}: asked for until ${expiresAt.slice(0, 16).replace('T', ' ')}${reason ? `, because ${reason}` : ''}`,
    tone: 'warn',
  }),
  ApprovalAskedAgain: ({ title, level }) => ({
    label: 'approval',
    text: `${title}: asked for again, up to level ${level}`,
    tone: 'warn',
  }),
  ApprovalGiven: ({ step, by }) => ({ label: 'approval', text: `${step}: given by ${by}`, tone: 'good' }),
  ApprovalDeclined: ({ step, by }) => ({ label: 'approval', text: `${step}: declined by ${by}`, tone: 'warn' }),
  HandedOver: ({ reason }) => ({ label: 'HAND-OVER', text: reason, tone: 'bad' }),
  ActionItemRaised: ({ action, text }) => ({
    label: 'to do',
    text: action,
    tone: 'warn',
    details: [{ ok: null, text }],
  }),
  ActionItemChanged: ({ item, by, owner, priority, dueAt }) => ({
    label: 'to do',
    text: `${item}, by ${by}: ${[owner && `for ${owner}`, priority, dueAt && `due ${dueAt.slice(0, 10)}`].filter(Boolean).join(', ')}`,
    tone: 'quiet',
  }),
  ActionItemDone: ({ item, by }) => ({ label: 'done', text: `${item}, by ${by}`, tone: 'good' }),
  ActionItemDue: ({ item }) => ({ label: 'TOO LATE', text: `${item} is due and not done`, tone: 'warn' }),
  PublicationRequested: ({ severity, incident, level }) => ({
    label: 'publish?',
    text: `customers hear of a ${severity} only if a person says so${level ? `, level ${level} is asked` : ''}: npx incident publish ${incident}`,
    tone: 'warn',
  }),
  PublicationDeclined: ({ by }) => ({ label: 'publish: no', text: `customers are not told, says ${by}`, tone: 'warn' }),
  Published: ({ by, components, investigation }) => ({
    label: 'published',
    text: `customers are told from now on${investigation ? ', of an investigation' : ''}${components ? ` of ${components.join(', ')}` : ''}${by === 'automation' ? '' : `, says ${by}`}`,
    tone: 'warn',
  }),
  UpdatePosted: ({ to, status, text, nextAt }) => ({
    label: 'update',
    text: `to ${audience(to)}: ${beginning(text ?? status)}, ${nextAt ? `the next by ${nextAt.slice(11, 16)}` : 'the last'}`,
    tone: 'act',
  }),
  PostMortemDrafted: () => ({ label: 'review', text: 'the post-mortem is drafted', tone: 'act' }),
  PostMortemOverdue: ({ hours }) => ({
    label: 'TOO LATE',
    text: `the post-mortem: due within ${hours} h`,
    tone: 'bad',
  }),
  PostMortemDone: ({ by }) => ({ label: 'review', text: `the post-mortem is done, by ${by}`, tone: 'good' }),
  Mitigated: ({ reason }) => ({ label: 'recovered', text: reason, tone: 'good' }),
  SettlingFailed: ({ checks: list }) => ({
    label: 'unsettled',
    text: 'not well yet:',
    tone: 'warn',
    details: checks(list),
  }),
  Resolved: ({ incident, reason }) => ({ label: 'RESOLVED', text: `${incident}: ${reason}`, tone: 'good' }),
};

const TRACES: Record<string, Describe> = {
  call: ({ function: name, service, operation, milliseconds, error }) => ({
    label: 'call',
    text: `${name} → ${service}:${operation} ${milliseconds} ms${error ? ` ${error}` : ''}`,
    tone: 'quiet',
  }),
  log: ({ function: name, line }) => ({
    label: 'log',
    text: `${name} ${typeof line === 'string' ? line : JSON.stringify(line)}`,
    tone: 'quiet',
  }),
};

const parametersOf = (parameters: Record<string, string[]>) =>
  Object.entries(parameters)
    .map(([name, values]) => `${name}=${values.join(',')}`)
    .join(' ');

/** The line for a happening; undefined where it would only repeat another. */
export function describe({ type, at: _, ...details }: WorldEvent, trace: boolean): Line | undefined {
  return LINES[type]?.(details) ?? (trace ? TRACES[type]?.(details) : undefined);
}
