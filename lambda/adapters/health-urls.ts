import type { Check } from '../domain/incident/events.ts';

/** A health URL. Its response must contain `contains`; if that is absent, a good status is enough. */
export interface HealthUrl {
  url: string;
  contains?: string | undefined;
}

/** The result of one request to a health URL. */
export interface Probe {
  url: string;
  healthy: boolean;
  /** "HTTP 200", "HTTP 503", "ECONNREFUSED", "no answer in 5 s", "HTTP 200 without "ok"". */
  seen: string;
  /** Seconds from the request to the end of the read part of the response; absent without a response. */
  seconds?: number;
}

/** At most this much of a response is read to look for `contains`. */
const MOST_BYTES = 65_536;

/**
 * Requests a health URL as `curl -f` does: healthy is a status below 400 within `seconds`, with `contains` in the body. Never
 * throws.
 */
export async function probe({ url, contains }: HealthUrl, seconds = 5): Promise<Probe> {
  const began = performance.now();
  try {
    const response = await fetch(url, {
      redirect: 'follow',
      signal: AbortSignal.timeout(seconds * 1000),
      headers: { 'user-agent': 'incident-response health probe' },
    });
    const found = contains === undefined || (await beginning(response)).includes(contains);
    const healthy = response.status < 400 && found;
    const without = healthy || response.status >= 400 ? '' : ` without ${JSON.stringify(contains)}`;
    const took = (performance.now() - began) / 1000;
    return { url, healthy, seen: `HTTP ${response.status}${without}`, seconds: took };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { url, healthy: false, seen: name === 'TimeoutError' ? `no answer in ${seconds} s` : (cause?.code ?? name) };
  }
}

export const probeAll = (targets: readonly HealthUrl[]): Promise<Probe[]> =>
  Promise.all(targets.map(target => probe(target)));

/** The share of unhealthy results, 0 to 1; 0 without health URLs. */
export const failingShare = (probes: readonly Probe[]): number =>
  probes.filter(({ healthy }) => !healthy).length / Math.max(1, probes.length);

export const toHealthCheck = ({ url, healthy, seen }: Probe): Check => ({ check: url, passed: healthy, seen });

/** The seconds of the slowest response; undefined without a response. */
export const slowest = (probes: readonly Probe[]): number | undefined => {
  const took = probes.flatMap(({ seconds }) => seconds ?? []);
  return took.length > 0 ? Math.max(...took) : undefined;
};

async function beginning({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= MOST_BYTES) break;
  }
  return text;
}
