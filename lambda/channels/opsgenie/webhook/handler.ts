import * as v from 'valibot';
import { ask } from '../../../adapters/command-function.ts';
import { isSignedWith } from '../../../adapters/secrets.ts';
import { nameIn } from '../../../domain/incident/person.ts';
import { visibleAtMost } from '../../../domain/kernel/text.ts';
import { OPSGENIE_USER } from '../../../domain/messages/ticket.ts';
import { type Act, IncidentId } from '../../../inbound/command-request.ts';
import { HttpEvent, readBody } from '../../../inbound/http-event.ts';
import { isEqual } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';

const Alert = v.looseObject({
  alertId: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
  alias: v.nullish(v.pipe(v.string(), v.maxLength(512))),
  username: v.nullish(v.string()),
  note: v.nullish(v.string()),
  updatedAt: v.nullish(v.union([v.number(), v.pipe(v.string(), v.maxLength(40))])),
});

/** The fields of Opsgenie's outgoing webhook that are read: an action on an alert. */
const Webhook = v.looseObject({ action: v.pipe(v.string(), v.maxLength(100)), alert: v.optional(Alert) });
type Webhook = v.InferOutput<typeof Webhook>;

/** Applies people's actions on the alert to the incident. Opsgenie signs nothing, so the webhook sends a token in a header. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const given = event.headers['x-webhook-token'] ?? '';
  const isRight = await isSignedWith(process.env['WEBHOOK_TOKEN_SECRET'], token => isEqual(given, token));
  if (!isRight) return json(401, { error: 'no token' });
  const body = readBody(event);
  if ('status' in body) return json(body.status, { error: body.error });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Webhook), body.text);
  if (!parsed.success) return json(400, { error: 'no action on an alert' });
  const { action, alert } = parsed.output;
  const [incident, act] = [alert?.alias, actOf(parsed.output)];
  if (!alert || !v.is(IncidentId, incident) || !act || alert.username === OPSGENIE_USER)
    return json(200, { ignored: action });
  const by = nameIn('Opsgenie', alert.username);
  const requestId = `opsgenie/${alert.alertId}/${action}/${alert.updatedAt}`.slice(0, 200);
  const { happened, refused } = await ask({ do: 'act', incident, by, via: 'opsgenie', from: incident, requestId, act });
  return json(200, { happened, refused });
});

function actOf({ action, alert }: Webhook): Act | undefined {
  switch (action) {
    case 'Acknowledge':
      return { type: 'acknowledge' };
    case 'Close':
      return { type: 'resolve', reason: 'closed in Opsgenie' };
    case 'AddNote': {
      const text = visibleAtMost(alert?.note, 2000);
      return text === undefined ? undefined : { type: 'note', text };
    }
    default:
      return undefined;
  }
}
