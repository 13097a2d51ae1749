import { createHash } from 'node:crypto';
import { startResponse } from '../../adapters/step-functions.ts';
import { type MonthlyReport, monthlyReport } from '../../domain/figures/report.ts';
import type { PersonCommand } from '../../domain/incident/commands.ts';
import { comesFrom } from '../../domain/incident/followed-ticket.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Person } from '../../domain/incident/person.ts';
import { DECLARED, playbookNamed } from '../../domain/incident/policy.ts';
import type { Signal } from '../../domain/incident/signal.ts';
import { slotOf } from '../../domain/incident/troubles.ts';
import { declarationFault, SIGNAL_LEVELS, severityDeclared } from '../../domain/intake/declaration.ts';
import { type CommandAnswer, CommandRequest, type ParsedRequest } from '../../inbound/command-request.ts';
import { type Committed, commit, receive } from '../../runtime/command-handler.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { findKey, incidentsOfMonth } from '../../store/incident-index.ts';
import { openIncidents } from '../../store/incident-lists.ts';
import { lastEvents, latest, load, UnreadableIncident } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';
import { scheduledTasksOfMonth } from '../../store/runbook-reviews.ts';
import { endMaintenance, listMaintenance, startMaintenance } from './maintenance.ts';
import { merge } from './merge.ts';
import { nextActions } from './next-actions.ts';
import { finish, reviewFile, reviewFiles } from './review.ts';
import { refusalOf, sourceOf } from './sources.ts';
import { hearOfTicket } from './ticket.ts';

/** Events that are shown when nobody asks for more: many of them may repeat each other. */
const SHOWN = 200;

/** Carries out the requests of people from every source. No other function changes an incident for a person. */
export const handler = entrypoint(CommandRequest, async (request, { invokedFunctionArn }): Promise<CommandAnswer> => {
  const source = sourceOf(invokedFunctionArn);
  const refused = source && (await refusalOf(request, source));
  if (refused) console.error({ message: `refused: ${refused}`, asked: request.do });
  return refused ? { refused } : carryOut(request);
});

async function carryOut(request: ParsedRequest): Promise<CommandAnswer> {
  switch (request.do) {
    case 'list':
      return request.month ? { incidents: await incidentsOfMonth(request.month) } : list(request.closed);
    case 'playbooks':
      return { playbooks: await playbooks() };
    case 'maintenance':
      return listMaintenance();
    case 'start maintenance':
      return startMaintenance(request);
    case 'end maintenance':
      return endMaintenance(request);
    case 'next actions':
      return withIncident(request.incident, incident => nextActions(incident, request.link));
    case 'report':
      return { report: await report(request.month) };
    case 'show':
      return withIncident(request.incident, async incident => ({
        incident,
        timeline: await lastEvents(keyOf(incident), request.events ?? SHOWN),
      }));
    case 'act':
      return withIncident(request.incident, async incident => {
        const { by, via, act, requestId } = request;
        if (!comesFrom(incident, request)) return notFrom(incident, via);
        return answerTo(await commit(keyOf(incident), { ...act, by, via, id: `person/${requestId}` } as PersonCommand));
      });
    case 'hear of ticket': {
      const { do: _, ...news } = request;
      return hearOfTicket(news, answerTo);
    }
    case 'reopen':
      return withIncident(request.incident, async incident => reopen(incident, request));
    case 'merge':
      return withIncident(request.incident, from =>
        withIncident(request.into, async into => {
          if (!comesFrom(from, request)) return notFrom(from, request.via);
          const merged = await merge(from, into, request);
          if (!Array.isArray(merged)) return merged;
          const [absorbed, over] = await Promise.all(merged.map(answerTo));
          return over?.refused
            ? over
            : { ...over, happened: [...(absorbed?.happened ?? []), ...(over?.happened ?? [])] };
        }),
      );
    case 'review files':
      return withIncident(request.incident, reviewFiles);
    case 'review file':
      return withIncident(request.incident, incident => reviewFile(incident, request.name));
    case 'finish post-mortem':
      return withIncident(request.incident, incident => finish(incident, request, answerTo));
    case 'open': {
      const { do: _, title, text = title, by, via, requestId, ...declaration } = request;
      const fault = declarationFault(declaration);
      if (fault) return { refused: fault };
      const summary = `${text} (declared by ${by})`;
      return declare({ by, requestId, playbook: DECLARED, title, summary, declared: { ...declaration, text, via } });
    }
  }
}

/** An older message, an alert of the same name, or ours of a moment ago, which is recorded when it is pressed again. */
const notFrom = ({ id }: Incident, via: string): CommandAnswer => ({
  refused: `this is not what is recorded in ${via === 'slack' ? 'Slack' : 'Opsgenie'} for ${id}`,
});

/** One incident that cannot be read hides no report; the watch tells operations of it. */
const isUnreadable = (error: unknown) => error instanceof UnreadableIncident;

/** The playbooks with alarms. */
const playbooks = async () =>
  (await deployedPolicy()).playbooks
    .filter(({ alarms }) => Object.keys(alarms).length > 0)
    .map(({ name, title, alarms }) => ({ name, title, alarms }));

/** The report of a month, by default of the current month so far. */
async function report(requestedMonth: string | undefined): Promise<MonthlyReport> {
  const at = new Date().toISOString();
  const month = requestedMonth ?? at.slice(0, 7);
  const [listed, scheduledTasks] = await Promise.all([
    incidentsOfMonth(month),
    scheduledTasksOfMonth(service(), month),
  ]);
  const read = await Promise.allSettled(listed.map(load));
  const incidents = read.flatMap(outcome => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
  for (const outcome of read) if (outcome.status === 'rejected' && !isUnreadable(outcome.reason)) throw outcome.reason;
  return monthlyReport(incidents, { service: service(), month, at, scheduledTasks });
}

async function list(closed: boolean): Promise<CommandAnswer> {
  const { incidents: open, failures } = await openIncidents();
  const unreadable = failures.length > 0 ? { unreadable: failures.map(({ message }) => message) } : {};
  if (!closed) return { incidents: open, ...unreadable };
  const policy = await deployedPolicy();
  const slots = [...new Set(policy.playbooks.map(({ name }) => slotOf(service(), name, policy)))];
  const last = (await Promise.all(slots.map(latest))).flatMap(({ stored }) => stored?.incident ?? []);
  const ids = new Set(open.map(({ id }) => id));
  return { incidents: [...open, ...last.filter(({ id }) => !ids.has(id))], ...unreadable };
}

async function withIncident(id: string, act: (incident: Incident) => Promise<CommandAnswer>): Promise<CommandAnswer> {
  const key = await findKey(id);
  const incident = key && (await load(key));
  return incident ? act(incident) : { refused: `there is no incident ${id}` };
}

/** A resolved incident stays resolved: reopening declares a new incident, which names the one before. */
async function reopen(
  { id, status, mergedInto, playbook, title, severity }: Incident,
  { by, via, requestId, reason }: Person & { requestId: string; reason: string },
): Promise<CommandAnswer> {
  if (mergedInto) return { refused: `${id} is merged into ${mergedInto.id}: reopen that` };
  if (status !== 'resolved' && status !== 'closed') return { refused: `${id} is ${status}: it is not over` };
  const summary = `${id} reopened by ${by}: ${reason}`;
  return declare({ by, requestId, playbook, title, summary, declared: { severity, text: reason, via } });
}

interface DeclaredIncident {
  by: string;
  requestId: string;
  playbook: string;
  title: string;
  summary: string;
  declared: NonNullable<Signal['declared']>;
}

/** Commits a person's declaration as a signal, which only a person can clear. */
async function declare({ by, requestId, playbook, ...declaration }: DeclaredIncident): Promise<CommandAnswer> {
  const policy = await deployedPolicy();
  const signal: Signal = {
    id: `person/${requestId}`,
    key: `declared:${digest(requestId)}`,
    state: 'firing',
    level: SIGNAL_LEVELS[severityDeclared(declaration.declared)],
    service: service(),
    at: new Date().toISOString(),
    reporter: by,
    playbook: playbookNamed(policy, playbook) ? playbook : DECLARED,
    ...declaration,
  };
  return answerTo(await receive(signal, policy));
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

async function answerTo({ incident, events, refused, confirm }: Committed): Promise<CommandAnswer> {
  if (incident && events.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  console.info({ message: 'a person acted', incident: incident?.id, events: events.map(e => e.type), refused });
  return { incident, happened: events.map(({ type }) => type), refused, confirm };
}
