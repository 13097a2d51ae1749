import { ask } from '../../adapters/command-function.ts';
import { noteIdOf, requestIdOf, verifyLink } from '../../adapters/links.ts';
import { decide } from '../../domain/decide.ts';
import type { PersonCommand } from '../../domain/incident/commands.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import { visibleAtMost } from '../../domain/kernel/text.ts';
import {
  alreadyDone,
  answerPage,
  commandOf,
  doneNotice,
  type MessagePage,
  type PageNotice,
  REFUSAL,
  redNotice,
  resolvedNotice,
  UNAVAILABLE,
} from '../../domain/messages/answer-page.ts';
import type { SignedLink } from '../../domain/messages/link.ts';
import type { CommandAnswer } from '../../inbound/command-request.ts';
import { type Body, HttpEvent, readBody } from '../../inbound/http-event.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { file, type HttpResponse, page } from '../../runtime/http-response.ts';
import { rendered } from '../../runtime/templates.ts';

/**
 * The public endpoint of the links in messages. A GET shows the incident and changes nothing, because mail scanners open
 * links too.
 */
export const handler = entrypoint(HttpEvent, async (event): Promise<HttpResponse> => {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return withAllowed(messagePage(405, REFUSAL));
  const body = readBody(event);
  if ('status' in body) return messagePage(body.status, REFUSAL);
  try {
    const found = await find(event.rawPath.slice(1));
    if (!found) return messagePage(403, REFUSAL);
    if (found.link.action === 'read')
      return method === 'GET' ? await read(found) : withAllowed(messagePage(405, REFUSAL));
    return method === 'GET' ? show(found, 200, obstacle(found)) : await act(found, fieldsOf(body));
  } catch (error) {
    console.error({ message: `a link did not work: ${(error as Error).message}` });
    return messagePage(503, UNAVAILABLE);
  }
});

/** The text entered into the page's field, and whether the page had asked once more because alarms are red. */
function fieldsOf(body: Body): { text: string; whileRed: boolean; into?: string | undefined } {
  const fields = new URLSearchParams(body.text);
  const into = fields.get('into') ?? undefined;
  return { text: visibleAtMost(fields.get('text'), 1000) ?? '', whileRed: fields.get('whileRed') === 'yes', into };
}

interface FoundLink {
  incident: Incident;
  timeline: readonly IncidentEvent[];
  link: SignedLink;
  /** The link as it stands in its URL, which the command function verifies once more. */
  text: string;
  requestId: string;
}

/** The link and its incident; undefined when the link is forged, expired, or of an unknown incident. */
async function find(text: string): Promise<FoundLink | undefined> {
  const link = await verifyLink(service(), text);
  if (!link || link.expires * 1000 <= Date.now()) return undefined;
  const { incident, timeline = [] } = await ask({ do: 'show', incident: link.incident, link: text });
  return incident && { incident, timeline, link, text, requestId: requestIdOf(link) };
}

/** A file of the review, for people without access to the bucket: guests have no AWS account. */
async function read({ text: link, link: { incident, step: name = '' } }: FoundLink): Promise<HttpResponse> {
  const { content } = await ask({ do: 'review file', incident, name, link });
  return content === undefined
    ? messagePage(403, REFUSAL)
    : file(name, Buffer.from(content, 'base64').toString('utf8'));
}

async function act(found: FoundLink, { text, whileRed, into }: ReturnType<typeof fieldsOf>): Promise<HttpResponse> {
  const { link, requestId } = found;
  const notice = obstacle(found);
  const command = commandOf(link, text, whileRed);
  if (notice || !command) return show(found, notice?.tone === 'bad' ? 409 : 200, notice);
  if (link.action === 'resolve' && into !== undefined) return merge(found, into);
  if (link.action === 'resolve' && text === '')
    return show(found, 422, { tone: 'bad', text: 'Nothing has been done yet: say what ended it.' }, true);
  const caller = callerOf(found);
  const { incident = found.incident, refused, confirm } = await ask({ do: 'act', ...caller, requestId, act: command });
  console.info({ message: 'a link was used', incident: link.incident, action: link.action, refused });
  if (refused && confirm) return show({ ...found, incident }, 409, redNotice(refused), true, text);
  if (refused) return show({ ...found, incident }, 409, { tone: 'bad', text: `Nothing has been done: ${refused}.` });
  if (text && link.action !== 'resolve')
    await ask({ do: 'act', ...caller, requestId: noteIdOf(link), act: { type: 'note', text } });
  return show({ ...found, incident }, 200, doneNotice(link));
}

const callerOf = ({ link, text }: FoundLink) =>
  ({ incident: link.incident, by: link.person, via: 'link', link: text }) as const;

/** Whoever may end an incident may also end it by making it part of another one. */
async function merge(found: FoundLink, into: string): Promise<HttpResponse> {
  const { link, requestId } = found;
  const caller = callerOf(found);
  const { incident = found.incident, refused } = (await othersOf(found)).some(({ id }) => id === into)
    ? await ask({ do: 'merge', ...caller, requestId, into })
    : { refused: 'it is not open any more' };
  console.info({ message: 'a link was used', incident: link.incident, action: 'merge', refused });
  if (refused) return show({ ...found, incident }, 409, { tone: 'bad', text: `Nothing has been done: ${refused}.` });
  return show({ ...found, incident }, 200, resolvedNotice(incident));
}

/** The incidents into which this one could be merged by its link. */
async function othersOf({ incident, link, text }: FoundLink) {
  if (link.action !== 'resolve' || !isOpen(incident)) return [];
  // Resolving must not depend on it.
  const { incidents = [] } = await ask({ do: 'list', link: text }).catch((): CommandAnswer => ({}));
  return incidents.filter(({ id, drill = false }) => id !== incident.id && drill === (incident.drill ?? false));
}

/** The reason why the link's action is not possible any more; null while it is. */
function obstacle({ incident, link, requestId }: FoundLink): PageNotice | null {
  const id = `person/${requestId}`;
  const before = alreadyDone(incident, link, id);
  if (before) return before;
  if (!isOpen(incident)) return resolvedNotice(incident);
  const command = commandOf(link, 'to see whether it may be', true);
  if (!command) return null;
  const decision = decide(
    incident,
    { ...command, id, by: link.person, via: 'link' } as PersonCommand,
    new Date().toISOString(),
  );
  return 'refused' in decision ? { tone: 'bad', text: `This cannot be done any more: ${decision.refused}.` } : null;
}

async function show(
  found: FoundLink,
  status: number,
  notice: PageNotice | null,
  canBeDone = notice === null,
  confirms: string | null = null,
): Promise<HttpResponse> {
  const { incident, timeline, link } = found;
  const others = canBeDone ? await othersOf(found) : [];
  const shown = answerPage({ ...incident, timeline }, link, notice, canBeDone, confirms, others);
  return page(status, rendered('pages/incident.html', shown));
}

const messagePage = (status: number, message: MessagePage) => page(status, rendered('pages/message.html', message));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
