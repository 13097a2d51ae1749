import * as v from 'valibot';
import { ask } from '../../../adapters/command-function.ts';
import { readSecret } from '../../../adapters/secrets.ts';
import type { Button } from '../../../domain/messages/chat.ts';
import type { Act, CommandAnswer } from '../../../inbound/command-request.ts';
import { type HttpEvent as Event, HttpEvent, rawBody } from '../../../inbound/http-event.ts';
import { hmac, same } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';
import { whisper } from '../client.ts';

/** Seconds by which a request may be old: so long could one that was overheard be sent again. */
const FRESH = 300;

/** Milliseconds for the command: Slack calls three seconds in all a failure, and shows it as one. */
const PATIENCE = 1800;

/** A pressed button, as Slack tells of it. */
const Pressed = v.object({
  type: v.literal('block_actions'),
  user: v.object({ id: v.string() }),
  response_url: v.string(),
  actions: v.tupleWithRest(
    [
      v.object({
        action_id: v.string(),
        action_ts: v.string(),
        value: v.pipe(v.string(), v.parseJson(), v.object({ incident: v.string(), step: v.optional(v.string(), '') })),
      }),
    ],
    v.unknown(),
  ),
});

/** Buttons of the thread. It is Slack's only if it is signed, and fresh; pressed and sent twice, it happens once. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const raw = rawBody(event);
  if (!(await isSigned(event, raw))) return json(401, { error: 'not signed, or too old' });
  const payload = new URLSearchParams(raw).get('payload');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Pressed), payload);
  // A check of the certificate, or what no button of ours sends.
  if (!parsed.success) return json(200, {});
  const { user, actions, response_url } = parsed.output;
  const [{ action_id, action_ts, value }] = actions;
  const act = actOf(action_id, value.step);
  if (!act) return json(200, {});
  const by = personOf(user.id);
  const requestId = `slack/${user.id}/${action_ts}/${action_id}`;
  const said = await inTime(ask({ do: 'act', incident: value.incident, by, via: 'slack', requestId, act }));
  if (said) await whisper(response_url, said).catch(error => console.error({ message: String(error) }));
  return json(200, {});
});

async function isSigned({ headers }: Event, raw: string): Promise<boolean> {
  const at = headers['x-slack-request-timestamp'] ?? '';
  const secret = await readSecret(process.env['SIGNING_SECRET']);
  const signed = same(headers['x-slack-signature'] ?? '', `v0=${hmac(secret, `v0:${at}:${raw}`)}`);
  return signed && Math.abs(Date.now() / 1000 - Number(at)) <= FRESH;
}

/** What the person who pressed must be told, and nobody else; what happened is told in the thread anyway. */
async function inTime(asked: Promise<CommandAnswer>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  // The command goes on without us: its function was invoked, and does not notice that nobody waits.
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), PATIENCE);
  });
  try {
    return (await Promise.race([asked, late]))?.refused;
  } catch (error) {
    console.error({ message: `a button did nothing: ${(error as Error).message}` });
    return 'That did not work. Press once more, or use `npx incident`.';
  } finally {
    clearTimeout(timer);
    asked.catch(() => undefined);
  }
}

function actOf(button: string, step: string): Act | undefined {
  switch (button as Button) {
    case 'acknowledge':
      return { type: 'acknowledge' };
    case 'take-command':
      return { type: 'take command' };
    case 'approve':
    case 'decline':
      return { type: 'answer approval', step, approve: button === 'approve' };
    case 'publish':
      return { type: 'publish' };
    case 'withhold':
      return { type: 'withhold' };
    case 'resolve':
      return { type: 'resolve', reason: 'declared over in Slack' };
    default:
      return undefined;
  }
}

/** As the configuration names them; who is not named there acts under Slack's id. */
const personOf = (user: string): string => JSON.parse(process.env['SLACK_PEOPLE'] ?? '{}')[user] ?? `slack:${user}`;
