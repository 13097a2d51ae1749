import { ask } from '../../../adapters/command-function.ts';
import { isSignedWith } from '../../../adapters/secrets.ts';
import { HttpEvent, readBody } from '../../../inbound/http-event.ts';
import { readWebhook } from '../../../inbound/pagerduty-webhook.ts';
import { hmacHex, isEqual } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';

/** Tells the incident what happened to its ticket. Only requests with PagerDuty's signature are accepted. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const body = readBody(event);
  if ('status' in body) return json(body.status, { error: body.error });
  if (!(await isSigned(event.headers['x-pagerduty-signature'], body.bytes))) return json(401, { error: 'not signed' });
  const webhook = readWebhook(body.text);
  // PagerDuty drops what is answered with 4xx, and would send it again for two days after a 5xx.
  if (!webhook) return json(400, { error: 'no event of a v3 webhook' });
  if (!webhook.news) return json(200, { ignored: webhook.type });
  // A refusal is answered with 200 too: PagerDuty would send the event again, to be refused again.
  const { happened, refused } = await ask({
    do: 'hear of ticket',
    requestId: `pagerduty/${webhook.id}`,
    ...webhook.news,
  });
  return json(200, { happened, refused });
});

/** The header may list several signatures, as while the secret is being replaced; one of them must be right. */
const isSigned = (header = '', bytes: Buffer): Promise<boolean> =>
  isSignedWith(process.env['WEBHOOK_SECRET'], secret => {
    const expected = `v1=${hmacHex(secret, bytes)}`;
    return header.split(',').some(given => isEqual(given.trim(), expected));
  });
