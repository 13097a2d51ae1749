/** What a health URL answered. */
export interface Probe {
  url: string;
  healthy: boolean;
  /** "200 in 35 ms", "503", "refused", "no answer in 5 s". */
  seen: string;
}

/** Asks a health URL as `curl -f` would: healthy is a status below 400 within the time. Never throws. */
export async function probe(url: string, seconds = 5): Promise<Probe> {
  try {
    const { status } = await fetch(url, {
      redirect: 'follow',
      signal: AbortSignal.timeout(seconds * 1000),
      headers: { 'user-agent': 'incident-response health probe' },
    });
    return { url, healthy: status < 400, seen: `HTTP ${status}` };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { url, healthy: false, seen: name === 'TimeoutError' ? `no answer in ${seconds} s` : (cause?.code ?? name) };
  }
}
