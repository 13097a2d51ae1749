import { setTimeout as wait } from 'node:timers/promises';

/** The other side will not take it, however often it is asked: nothing but a person can mend that. */
export class Refused extends Error {
  override name = 'Refused';
}

/** The other side is busy, broken or silent: whoever asked asks again later. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Seconds for the whole answer. @default 5 */
  seconds?: number;
}

/** Seconds that a caller may be asked to wait in all before it goes away and comes back later. */
const PATIENCE = 10;

/**
 * One call of another service over HTTP, and what it answered. Asked to wait a moment (429), it waits and tries again.
 * @throws Refused when it must not be tried again, Unavailable when it may be. Neither says what was sent: that holds secrets.
 */
export async function send(url: string, call: Call): Promise<string> {
  for (let waited = 0; ; ) {
    const { status, body, after } = await once(url, call);
    if (status < 300) return body;
    const said = `${where(url)} answered ${status}: ${body.slice(0, 300)}`;
    if (status >= 500 || status === 408) throw new Unavailable(said);
    if (status !== 429) throw new Refused(said);
    waited += Math.max(after, 1);
    if (waited > PATIENCE) throw new Unavailable(said);
    await wait(after * 1000);
  }
}

async function once(url: string, { method = 'POST', headers = {}, body, seconds = 5 }: Call) {
  try {
    const signal = AbortSignal.timeout(seconds * 1000);
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), signal });
    return {
      status: response.status,
      after: Number(response.headers.get('retry-after') ?? 1) || 0,
      body: await response.text(),
    };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const what =
      name === 'TimeoutError' ? `did not answer in ${seconds} s` : `could not be reached: ${cause?.code ?? name}`;
    throw new Unavailable(`${where(url)} ${what}`);
  }
}

/** Without the query, which may hold what nobody else must read. */
const where = (url: string) => `${new URL(url).host}${new URL(url).pathname}`;
