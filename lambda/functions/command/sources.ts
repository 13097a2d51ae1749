import { noteIdOf, requestIdOf, verifyLink } from '../../adapters/links.ts';
import { PUBLIC_SOURCES, type PublicSource } from '../../domain/incident/person.ts';
import { commandOf } from '../../domain/messages/answer-forms.ts';
import type { SignedLink } from '../../domain/messages/link.ts';
import type { Act, ParsedRequest } from '../../inbound/command-request.ts';
import { service } from '../../runtime/environment.ts';

type Ask = ParsedRequest['do'];

/** The requests and acts that each webhook may ask for. Whoever takes one over can do no more. */
const MAY: Record<Exclude<PublicSource, 'link'>, { ask: readonly Ask[]; act?: readonly Act['type'][] }> = {
  slack: {
    ask: ['list', 'act', 'merge'],
    act: ['acknowledge', 'take command', 'answer approval', 'publish', 'withhold', 'resolve'],
  },
  opsgenie: { ask: ['act'], act: ['acknowledge', 'resolve', 'note'] },
  pagerduty: { ask: ['hear of ticket'] },
};

/**
 * The public source by whose alias the function was invoked; undefined for a caller whom IAM lets invoke the function itself.
 *
 * @throws Error for any other alias
 */
export function sourceOf(invokedFunctionArn = ''): PublicSource | undefined {
  const [, , , , , , , alias] = invokedFunctionArn.split(':');
  if (alias === undefined || alias === '$LATEST') return undefined;
  const source = PUBLIC_SOURCES.find(name => name === alias);
  if (!source) throw new Error(`no source has the alias ${alias}: invoke the function itself`);
  return source;
}

/** The reason why a public source may not ask for that; undefined where it may. */
export async function refusalOf(request: ParsedRequest, source: PublicSource): Promise<string | undefined> {
  const refused = `${source} may not ask for that`;
  if ('via' in request && request.via !== source) return refused;
  if (request.do === 'list' && (request.closed || request.month !== undefined)) return refused;
  if (source === 'link') return (await isByLink(request)) ? undefined : refused;
  const { ask, act = [] } = MAY[source];
  if (!ask.includes(request.do)) return refused;
  return request.do === 'act' && !act.includes(request.act.type) ? refused : undefined;
}

/** Minutes of the longest window that a link may open: an e-mail that fell into wrong hands must not silence a service for a day. */
const LONGEST_MINUTES = 240;

/** True if a link that we signed, and that has not expired, is for just this person, incident and action. */
async function isByLink(request: ParsedRequest): Promise<boolean> {
  if (!('link' in request) || request.link === undefined) return false;
  const link = await verifyLink(service(), request.link);
  if (!link || link.expires * 1000 <= Date.now()) return false;
  if (request.do === 'list') return link.action === 'merge';
  if (request.incident !== link.incident) return false;
  switch (request.do) {
    case 'show':
      return true;
    case 'review file':
      return link.action === 'read' && request.name === link.step;
    case 'merge':
      return link.action === 'merge' && isOf(link, request);
    case 'next actions':
      return link.action !== 'view' && link.action !== 'read';
    case 'start maintenance':
      return link.action === 'maintain' && isOf(link, request) && !request.long && request.minutes <= LONGEST_MINUTES;
    case 'end maintenance':
      return link.action === 'unmaintain' && isOf(link, request);
    case 'act':
      return isOf(link, request) && isDoneBy(link, request);
  }
}

const isOf = (link: SignedLink, { by, requestId }: { by: string; requestId: string }) =>
  by === link.person && (requestId === requestIdOf(link) || requestId === noteIdOf(link));

function isDoneBy(link: SignedLink, { act, requestId }: { act: Act; requestId: string }): boolean {
  const meant = commandOf(link, {});
  if (!meant) return false;
  if (act.type === 'note') return requestId === noteIdOf(link) || meant.type === 'note';
  if (requestId !== requestIdOf(link)) return false;
  if (act.type === 'set severity') return meant.type === 'set severity';
  if (act.type === 'answer approval')
    return meant.type === 'answer approval' && act.step === meant.step && act.approve === meant.approve;
  if (act.type === 'resolve') return meant.type === 'resolve' && !act.cancelled;
  return act.type === meant.type && Object.keys(act).length === 1;
}
