import { createHash } from 'node:crypto';
import { startResponse } from '../../adapters/step-functions.ts';
import { type MonthlyReport, monthlyReport } from '../../domain/figures/report.ts';
import type { PersonCommand } from '../../domain/incident/commands.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Person } from '../../domain/incident/person.ts';
import { DECLARED } from '../../domain/incident/policy.ts';
import type { Signal } from '../../domain/incident/signal.ts';
import { declarationFault, SIGNAL_LEVELS, severityDeclared } from '../../domain/intake/declaration.ts';
import { type CommandAnswer, CommandRequest } from '../../inbound/command-request.ts';
import { commit, receive } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import {
  findKey,
  incidentsOfMonth,
  keyOf,
  latestIncident,
  load,
  openIncidents,
  slotOf,
} from '../../store/incidents.ts';
import { finish, reviewFile, reviewFiles } from './review.ts';

/** People act here, whichever door they come through: the only function that lets them change an incident. */
export const handler = entrypoint(CommandRequest, async (request): Promise<CommandAnswer> => {
  switch (request.do) {
    case 'list':
      return { incidents: await list(request.closed) };
    case 'playbooks':
      return { playbooks: playbooks() };
    case 'report':
      return { report: await report(request.month) };
    case 'show':
      return onKnown(request.incident, async incident => ({ incident }));
    case 'act':
      return onKnown(request.incident, async incident => {
        const { by, via, act, requestId } = request;
        return answered(await commit(keyOf(incident), { ...act, by, via, id: `person/${requestId}` } as PersonCommand));
      });
    case 'reopen':
      return onKnown(request.incident, async incident => reopen(incident, request));
    case 'review files':
      return onKnown(request.incident, reviewFiles);
    case 'review file':
      return onKnown(request.incident, incident => reviewFile(incident, request.name));
    case 'finish post-mortem':
      return onKnown(request.incident, incident => finish(incident, request, answered));
    case 'open': {
      const { do: _, title, text = title, by, via, requestId, ...declaration } = request;
      const fault = declarationFault(declaration);
      if (fault) return { refused: fault };
      const playbook = `${DECLARED}-${digest(requestId)}`;
      const summary = `${text} (declared by ${by})`;
      return declared({ by, requestId, playbook, title, summary, declared: { ...declaration, text, via } });
    }
  }
});

/** Those that something detects. */
const playbooks = () =>
  Object.values(deployed().policies)
    .filter(({ playbook }) => Object.keys(playbook.alarms).length > 0)
    .map(({ playbook: { name, title, alarms } }) => ({ name, title, alarms }));

/** By default of this month so far. */
async function report(given: string | undefined): Promise<MonthlyReport> {
  const at = new Date().toISOString();
  const month = given ?? at.slice(0, 7);
  return monthlyReport(await incidentsOfMonth(month), { service: deployed().service, month, at });
}

async function list(closed: boolean): Promise<Incident[]> {
  const open = await openIncidents();
  if (!closed) return open;
  const { service, policies } = deployed();
  const last = await Promise.all(Object.keys(policies).map(playbook => latestIncident(slotOf(service, playbook))));
  const ids = new Set(open.map(({ id }) => id));
  return [...open, ...last.filter(incident => incident !== undefined && !ids.has(incident.id))] as Incident[];
}

async function onKnown(id: string, act: (incident: Incident) => Promise<CommandAnswer>): Promise<CommandAnswer> {
  const key = await findKey(id);
  const incident = key && (await load(key));
  return incident ? act(incident) : { refused: `there is no incident ${id}` };
}

/** What is resolved stays resolved: the trouble goes on in an incident of its own, which names the one before. */
async function reopen(
  { id, status, playbook, title, severity, policy }: Incident,
  { by, via, requestId, reason }: Person & { requestId: string; reason: string },
): Promise<CommandAnswer> {
  if (status !== 'resolved' && status !== 'closed') return { refused: `${id} is ${status}: it is not over` };
  if (policy.playbook.chore) return { refused: `${id} is work that was done, and is not reopened` };
  const summary = `${id} reopened by ${by}: ${reason}`;
  return declared({ by, requestId, playbook, title, summary, declared: { severity, text: reason, via } });
}

interface Declared {
  by: string;
  requestId: string;
  playbook: string;
  title: string;
  summary: string;
  declared: NonNullable<Signal['declared']>;
}

/** Declared by a person, it is a signal like another, which only a person clears. */
async function declared({ by, requestId, title, ...said }: Declared): Promise<CommandAnswer> {
  const { service, policies } = deployed();
  const policy = policies[said.playbook] ?? policies[DECLARED];
  if (!policy) throw new Error(`no policy for ${DECLARED} incidents is deployed`);
  const signal: Signal = {
    id: `person/${requestId}`,
    key: `declared:${digest(requestId)}`,
    state: 'firing',
    level: SIGNAL_LEVELS[severityDeclared(said.declared)],
    service,
    at: new Date().toISOString(),
    reporter: by,
    ...said,
  };
  return answered(await receive(signal, { ...policy, playbook: { ...policy.playbook, title } }));
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

async function answered({
  incident,
  entries,
  refused,
}: {
  incident: Incident | undefined;
  entries: IncidentEvent[];
  refused?: string;
}): Promise<CommandAnswer> {
  if (incident && entries.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  console.info({ message: 'a person acted', incident: incident?.id, entries: entries.map(e => e.type), refused });
  return { incident, happened: entries.map(({ type }) => type), refused };
}
