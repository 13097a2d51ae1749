import * as v from 'valibot';
import { ask } from '../../../adapters/command-function.ts';
import { readSecret } from '../../../adapters/secrets.ts';
import { idIn } from '../../../domain/messages/ticket.ts';
import type { Act } from '../../../inbound/command-request.ts';
import { HttpEvent, rawBody } from '../../../inbound/http-event.ts';
import { hmacHex, isEqual } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';

/** The fields of a v3 webhook that are read. */
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

/** Applies people's actions on the ticket to the incident. Only requests with PagerDuty's signature are accepted. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const raw = rawBody(event);
  if (!(await isSigned(event.headers['x-pagerduty-signature'], raw))) return json(401, { error: 'not signed' });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Webhook), raw);
  if (!parsed.success) return json(200, { ignored: 'no event that is known here' });
  const { event: webhook } = parsed.output;
  const [incident, act] = [incidentOf(webhook), actOf(webhook)];
  // An agent that is no user is our own integration, or another program.
  if (!incident || !act || webhook.agent?.type !== 'user_reference') return json(200, { ignored: webhook.event_type });
  const by = (webhook.agent.summary?.trim() || 'somebody in PagerDuty').slice(0, 200);
  const requestId = `pagerduty/${webhook.id}`;
  // A refusal is answered with 200 too: PagerDuty would send the event again, to be refused again.
  const { happened, refused } = await ask({ do: 'act', incident, by, via: 'pagerduty', requestId, act });
  return json(200, { happened, refused });
});

/** The header may list several signatures, as while the secret is being replaced; one of them must be right. */
async function isSigned(header = '', raw: string): Promise<boolean> {
  const expected = `v1=${hmacHex(await readSecret(process.env['WEBHOOK_SECRET']), raw)}`;
  return header.split(',').some(given => isEqual(given.trim(), expected));
}

/** The incident's id is our `incident_key`; a note has only the title, which contains the id. */
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
