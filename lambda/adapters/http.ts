import { setTimeout as wait } from 'node:timers/promises';

/** The other service refuses the request, and would refuse it again: only a person can change that. */
export class Refused extends Error {
  override name = 'Refused';
}

/** The other service is busy, broken or silent: the caller retries later. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Seconds for the whole answer. @default 5 */
  seconds?: number;
  /** The one status that says that the request was taken: a proxy answers for others too. @default - any below 300 */
  expects?: number;
}

/** Seconds of waiting in all, as answers with 429 demand, after which the request counts as failed. */
const MAXIMUM_WAIT = 10;

/**
 * Sends one HTTP request to another service and returns the body of its response. After a 429 it waits and retries.
 * @throws Refused when a retry is useless, Unavailable when it may help. Neither contains the request, which holds secrets.
 */
export async function send(url: string, call: Call): Promise<string> {
  for (let waited = 0; ; ) {
    const { status, body, after } = await sendOnce(url, call);
    const { expects = status } = call;
    if (status < 300 && status === expects) return body;
    if (status < 300) throw new Unavailable(`${where(url)} answered ${status}, not ${expects}: ${body.slice(0, 300)}`);
    const reason = `${where(url)} answered ${status}: ${body.slice(0, 300)}`;
    if (status >= 500 || status === 408) throw new Unavailable(reason);
    if (status !== 429) throw new Refused(reason);
    waited += after;
    if (waited > MAXIMUM_WAIT) throw new Unavailable(reason);
    await wait(after * 1000);
  }
}

async function sendOnce(url: string, { method = 'POST', headers = {}, body, seconds = 5 }: Call) {
  try {
    const signal = AbortSignal.timeout(seconds * 1000);
    // A redirect would take the body, and what is secret in it, to another host.
    const redirect = 'manual';
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), signal, redirect });
    return {
      status: response.status,
      after: secondsIn(response.headers.get('retry-after')),
      body: await response.text(),
    };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const fault =
      name === 'TimeoutError' ? `did not answer in ${seconds} s` : `could not be reached: ${cause?.code ?? name}`;
    throw new Unavailable(`${where(url)} ${fault}`);
  }
}

/** The seconds of a `Retry-After`, which has a number or a date: one at least. */
function secondsIn(header: string | null): number {
  const seconds = header === null ? 1 : Number(header);
  const until = Number.isNaN(seconds) ? (Date.parse(header ?? '') - Date.now()) / 1000 : seconds;
  return Math.max(1, Number.isNaN(until) ? 1 : Math.ceil(until));
}

/** Host and path of a URL, without the query, which may contain secrets. */
const where = (url: string) => `${new URL(url).host}${new URL(url).pathname}`;
