import { incidentNamedBy, isTicketOf } from '../../domain/incident/followed-ticket.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { TicketNews } from '../../domain/incident/ticket.ts';
import type { CommandAnswer } from '../../inbound/command-request.ts';
import { type Committed, commit } from '../../runtime/command-handler.ts';
import { findKey } from '../../store/incident-index.ts';
import { incidentsUnderReview, openIncidents } from '../../store/incident-lists.ts';
import { load } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';

/** Tells each incident whose ticket was changed. A ticket is that of several once others were merged into it. */
export async function hearOfTicket(
  news: TicketNews & { requestId: string },
  answerTo: (committed: Committed) => Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const { requestId, ...change } = news;
  const incidents = await incidentsOf(news);
  if (incidents.length === 0) return { happened: [], refused: `no incident has the ticket ${news.ticket.ref}` };
  const answers: CommandAnswer[] = [];
  for (const incident of incidents)
    answers.push(
      await answerTo(await commit(keyOf(incident), { type: 'hear of ticket', id: `person/${requestId}`, ...change })),
    );
  const refused = answers.find(answer => answer.refused)?.refused;
  return { happened: answers.flatMap(({ happened = [] }) => happened), refused };
}

/** The incident that the ticket names, and those that follow it: open ones, or else those under review. */
async function incidentsOf(news: TicketNews): Promise<Incident[]> {
  const [named, { incidents: open }] = await Promise.all([namedBy(news), openIncidents()]);
  const found = theirs([...(named ? [named] : []), ...open], news);
  return found.length > 0 ? found : theirs((await incidentsUnderReview()).incidents, news);
}

async function namedBy({ ticket }: TicketNews): Promise<Incident | undefined> {
  const id = incidentNamedBy(ticket);
  const key = id && (await findKey(id));
  return key ? load(key) : undefined;
}

const theirs = (incidents: Incident[], news: TicketNews) =>
  [...new Map(incidents.map(incident => [incident.id, incident])).values()].filter(incident =>
    isTicketOf(incident, news),
  );
