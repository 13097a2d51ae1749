import type { OpsgenieRequest } from '../domain/messages/ticket.ts';
import { readSecret } from './secrets.ts';
import { send } from './send.ts';

/** Asks the Alert API v2. What is asked twice happens once: Opsgenie knows an open alert by its alias. */
export async function request({ path, body }: OpsgenieRequest): Promise<void> {
  const key = await readSecret(process.env['API_KEY_SECRET']);
  await send(`${process.env['OPSGENIE_API']}${path}`, {
    headers: { authorization: `GenieKey ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
