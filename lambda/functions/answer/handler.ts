import { ask } from '../../adapters/command-function.ts';
import { verifyLink } from '../../adapters/links.ts';
import { decide } from '../../domain/decide.ts';
import type { PersonCommand } from '../../domain/incident/commands.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import {
  alreadyDone,
  answerPage,
  commandOf,
  doneNotice,
  type MessagePage,
  type PageNotice,
  REFUSAL,
  resolvedNotice,
  UNAVAILABLE,
} from '../../domain/messages/answer-page.ts';
import type { SignedLink } from '../../domain/messages/link.ts';
import { HttpEvent, rawBody } from '../../inbound/http-event.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { file, type HttpResponse, page } from '../../runtime/http-response.ts';
import { rendered } from '../../runtime/templates.ts';

/** The door of the links in messages. To open one shows the incident and changes nothing, whoever or whatever opens it. */
export const handler = entrypoint(HttpEvent, async (event): Promise<HttpResponse> => {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return withAllowed(says(405, REFUSAL));
  try {
    const found = await find(event.rawPath.slice(1));
    if (!found) return says(403, REFUSAL);
    if (found.link.action === 'read')
      return method === 'GET' ? await read(found.link) : withAllowed(says(405, REFUSAL));
    return method === 'GET' ? show(found, 200, standing(found)) : await act(found, typed(event));
  } catch (error) {
    console.error({ message: `a link did not work: ${(error as Error).message}` });
    return says(503, UNAVAILABLE);
  }
});

/** What was written into the page's field. */
const typed = (event: HttpEvent) => new URLSearchParams(rawBody(event)).get('text')?.trim().slice(0, 1000) ?? '';

interface Found {
  incident: Incident;
  link: SignedLink;
  /** Of the link, and of nothing else: used again, it is known by it. */
  requestId: string;
}

/** The incident that a link of ours is about, while the link is good. */
async function find(text: string): Promise<Found | undefined> {
  const link = await verifyLink(deployed().service, text);
  if (!link || link.expires * 1000 <= Date.now()) return undefined;
  const { incident } = await ask({ do: 'show', incident: link.incident });
  return incident && { incident, link, requestId: `link/${Buffer.from(link.mac).toString('base64url')}` };
}

/** A file of the review, for who may not read where it lies: guests have no account at AWS. */
async function read({ incident, step: name = '' }: SignedLink): Promise<HttpResponse> {
  const { content } = await ask({ do: 'review file', incident, name });
  return content === undefined ? says(403, REFUSAL) : file(name, Buffer.from(content, 'base64').toString('utf8'));
}

async function act(found: Found, text: string): Promise<HttpResponse> {
  const { link, requestId } = found;
  const before = standing(found);
  const command = commandOf(link, text);
  if (before || !command) return show(found, before?.tone === 'bad' ? 409 : 200, before);
  if (link.action === 'resolve' && text === '')
    return show(found, 422, { tone: 'bad', text: 'Nothing has been done yet: say what ended it.' }, true);
  const asked = { incident: link.incident, by: link.person, via: 'link' } as const;
  const { incident = found.incident, refused } = await ask({ do: 'act', ...asked, requestId, act: command });
  console.info({ message: 'a link was used', incident: link.incident, action: link.action, refused });
  if (refused) return show({ ...found, incident }, 409, { tone: 'bad', text: `Nothing has been done: ${refused}.` });
  if (text && link.action !== 'resolve')
    await ask({ do: 'act', ...asked, requestId: `${requestId}/note`, act: { type: 'note', text } });
  return show({ ...found, incident }, 200, doneNotice(link));
}

/** Why there is nothing to be done by this link any more; null while there is. */
function standing({ incident, link, requestId }: Found): PageNotice | null {
  const id = `person/${requestId}`;
  const before = alreadyDone(incident, link, id);
  if (before) return before;
  if (!isOpen(incident)) return resolvedNotice(incident);
  const command = commandOf(link, 'to see whether it may be');
  if (!command) return null;
  const decision = decide(
    incident,
    { ...command, id, by: link.person, via: 'link' } as PersonCommand,
    new Date().toISOString(),
  );
  return 'refused' in decision ? { tone: 'bad', text: `This cannot be done any more: ${decision.refused}.` } : null;
}

const show = ({ incident, link }: Found, status: number, notice: PageNotice | null, canBeDone = notice === null) =>
  page(status, rendered('pages/incident.html', answerPage(incident, link, notice, canBeDone)));

const says = (status: number, message: MessagePage) => page(status, rendered('pages/message.html', message));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
