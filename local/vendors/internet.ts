import type { Fetch } from 'embedded-aws';
import type { Vendor } from './vendor.ts';

/** The vendors, each under its own name, and the protected service for every other. */
export function internet(service: Fetch, vendors: readonly Vendor[], down: ReadonlySet<string>): Fetch {
  return async (url, init) => {
    const { host, pathname, search } = new URL(url);
    const vendor = vendors.find(other => other.host === host);
    if (!vendor) return service(url, init);
    if (down.has(host)) return new Response('upstream error', { status: 500 });
    const { status, body, headers } = vendor.answer({
      method: init?.method ?? 'GET',
      path: pathname + search,
      headers: Object.fromEntries(new Headers(init?.headers).entries()),
      body: String(init?.body ?? ''),
    });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  };
}
