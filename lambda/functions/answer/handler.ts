import { ask } from '../../adapters/command-function.ts';
import { noteIdOf, requestIdOf, verifyLink } from '../../adapters/links.ts';
import { decide } from '../../domain/decide.ts';
import type { PersonCommand } from '../../domain/incident/commands.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import { visibleAtMost } from '../../domain/kernel/text.ts';
import { commandOf, type Entered, missingIn, type Other } from '../../domain/messages/answer-forms.ts';
import {
  alreadyDone,
  answerPage,
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

interface Fields extends Entered {
  text: string;
  into: string;
  minutes: number;
}

/** The fields of the form that was sent, and whether the page had asked once more because alarms are red. */
function fieldsOf(body: Body): Fields {
  const fields = new URLSearchParams(body.text);
  const choice = (name: string) => fields.get(name)?.slice(0, 40) ?? '';
  return {
    ...{ text: visibleAtMost(fields.get('text'), 1000) ?? '', whileRed: fields.get('whileRed') === 'yes' },
    ...{ into: choice('into'), minutes: Number(choice('minutes')), severity: choice('severity') },
  };
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

async function act(found: FoundLink, fields: Fields): Promise<HttpResponse> {
  const { link } = found;
  const notice = obstacle(found);
  if (notice || link.action === 'view') return show(found, notice?.tone === 'bad' ? 409 : 200, notice);
  const missing = missingIn(link.action, fields);
  if (missing) return show(found, 422, { tone: 'bad', text: `Nothing has been done yet: ${missing}.` }, true);
  const { incident = found.incident, refused, confirm } = await carriedOut(found, fields);
  console.info({ message: 'a link was used', incident: link.incident, action: link.action, refused });
  const now = { ...found, incident };
  if (refused && confirm) return show(now, 409, redNotice(refused), true, fields.text);
  if (refused) return show(now, 409, { tone: 'bad', text: `Nothing has been done: ${refused}.` });
  return show(now, 200, incident.mergedInto ? resolvedNotice(incident) : doneNotice(link));
}

/** Asks for what the link is for. A text beside it that is no part of it becomes a note. */
async function carriedOut(found: FoundLink, fields: Fields): Promise<CommandAnswer> {
  const { link, text: shown, requestId } = found;
  const { incident, person: by, action } = link;
  const caller = { incident, by, via: 'link', link: shown } as const;
  const { text, minutes, into } = fields;
  if (action === 'maintain') return ask({ do: 'start maintenance', ...caller, requestId, reason: text, minutes });
  if (action === 'unmaintain') return ask({ do: 'end maintenance', ...caller, requestId });
  if (action === 'merge')
    return (await othersOf(found, shown)).some(({ id }) => id === into)
      ? ask({ do: 'merge', ...caller, requestId, into })
      : { refused: 'it is not open any more' };
  const command = commandOf(link, fields);
  if (!command) return { refused: 'this link shows, and does nothing' };
  const answer = await ask({ do: 'act', ...caller, requestId, act: command });
  const isBeside = !['resolve', 'note', 'severity'].includes(action);
  if (text && isBeside && !answer.refused)
    await ask({ do: 'act', ...caller, requestId: noteIdOf(link), act: { type: 'note', text } });
  return answer;
}

/** The incidents into which this one could be merged by that link. */
async function othersOf({ incident, link }: FoundLink, merging: string | undefined): Promise<Other[]> {
  if (merging === undefined) return [];
  // The page must not depend on it.
  const { incidents = [] } = await ask({ do: 'list', link: merging }).catch((): CommandAnswer => ({}));
  return incidents.filter(({ id, drill = false }) => id !== link.incident && drill === (incident.drill ?? false));
}

/** The reason why the link's action is not possible any more; null while it is. */
function obstacle({ incident, link, requestId }: FoundLink): PageNotice | null {
  const id = `person/${requestId}`;
  const before = alreadyDone(incident, link, id);
  if (before) return before;
  if (!isOpen(incident)) return resolvedNotice(incident);
  const command = commandOf(link, { text: 'to see whether it may be', whileRed: true, severity: incident.severity });
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
  const { link } = found;
  // The action of a moment ago stands in the timeline already.
  const {
    incident = found.incident,
    timeline = found.timeline,
    next = [],
  } = await ask({ do: 'next actions', incident: found.incident.id, link: found.text }).catch((): CommandAnswer => ({}));
  const others = await othersOf(found, next.find(({ action }) => action === 'merge')?.path);
  const shown = answerPage({ ...incident, timeline }, link, notice, canBeDone, confirms, others, next);
  return page(status, rendered('pages/incident.html', shown));
}

const messagePage = (status: number, message: MessagePage) => page(status, rendered('pages/message.html', message));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
