import type { Fetch } from '../../../packages/embedded-aws/src/services/lambda/functions.ts';
import type { SimulatedService } from '../service.ts';

/** The service over HTTP: its health URLs, and nothing else. */
export function answer(service: SimulatedService): Fetch {
  return async url => {
    const { hostname, pathname } = new URL(url);
    const code = service.certificates.refusal(hostname);
    if (code) throw new TypeError('fetch failed', { cause: { code } });
    if (!pathname.endsWith('/health')) return new Response('not found', { status: 404 });
    const headers = { 'server-timing': `total;dur=${service.healthSeconds * 1000}` };
    return service.answers(hostname)
      ? new Response('ok', { status: 200, headers })
      : new Response('unavailable', { status: 503, headers });
  };
}
