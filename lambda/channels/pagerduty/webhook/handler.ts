import * as v from 'valibot';
import { ask } from '../../../adapters/command-function.ts';
import { readSecret } from '../../../adapters/secrets.ts';
import { idIn } from '../../../domain/messages/ticket.ts';
import type { Act } from '../../../inbound/command-request.ts';
import { HttpEvent, rawBody } from '../../../inbound/http-event.ts';
import { hmac, same } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';

/** A v3 webhook, as far as it is read. */
const Webhook = v.object({
  event: v.object({
    id: v.string(),
    event_type: v.string(),
    agent: v.nullish(v.object({ type: v.string(), summary: v.nullish(v.string()) })),
    data: v.looseObject({
      incident_key: v.nullish(v.string()),
      title: v.nullish(v.string()),
      content: v.nullish(v.string()),
      incident: v.nullish(v.looseObject({ summary: v.nullish(v.string()) })),
    }),
  }),
});
type Webhook = v.InferOutput<typeof Webhook>['event'];

/** What people do to the ticket happens to the incident. It is PagerDuty's only if its signature says so. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const raw = rawBody(event);
  if (!(await isSigned(event.headers['x-pagerduty-signature'], raw))) return json(401, { error: 'not signed' });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Webhook), raw);
  if (!parsed.success) return json(200, { ignored: 'no event that is known here' });
  const { event: told } = parsed.output;
  const [incident, act] = [incidentOf(told), actOf(told)];
  // What a program did, we did ourselves, or another integration that is no person.
  if (!incident || !act || told.agent?.type !== 'user_reference') return json(200, { ignored: told.event_type });
  const by = (told.agent.summary?.trim() || 'somebody in PagerDuty').slice(0, 200);
  const requestId = `pagerduty/${told.id}`;
  // A refusal is an answer too: sent again, the event would be refused again.
  const { happened, refused } = await ask({ do: 'act', incident, by, via: 'pagerduty', requestId, act });
  return json(200, { happened, refused });
});

/** One of several signatures must be good: two while the secret is being replaced. */
async function isSigned(header = '', raw: string): Promise<boolean> {
  const good = `v1=${hmac(await readSecret(process.env['WEBHOOK_SECRET']), raw)}`;
  return header.split(',').some(given => same(given.trim(), good));
}

/** A note names its incident by title only, in which we put the id. */
const incidentOf = ({ data }: Webhook) =>
  idIn(data.incident_key ?? '') ?? idIn(data.title ?? '') ?? idIn(data.incident?.summary ?? '');

function actOf({ event_type, data }: Webhook): Act | undefined {
  switch (event_type) {
    case 'incident.acknowledged':
      return { type: 'acknowledge' };
    case 'incident.resolved':
      return { type: 'resolve', reason: 'resolved in PagerDuty' };
    case 'incident.annotated':
      return data.content?.trim() ? { type: 'note', text: data.content.slice(0, 2000) } : undefined;
    default:
      return undefined;
  }
}
