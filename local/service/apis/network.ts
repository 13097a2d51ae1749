import { EventEmitter } from 'node:events';
import * as tls from 'node:tls';
import type { Fetch, Network } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** The network of the functions: it reaches the simulated service and nothing else. */
export const networkOf = (service: SimulatedService): Network => ({
  fetch: answer(service),
  WebSocket: service.exec.socket,
  tls: tlsOf(service),
});

/** The service answers HTTP at its health URLs alone. */
function answer(service: SimulatedService): Fetch {
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

/** `node:tls` for the functions. */
function tlsOf({ certificates }: SimulatedService) {
  const connect = ({ host = '', maxVersion }: tls.ConnectionOptions) => {
    const served = certificates.servedAt(host);
    const refused = !served
      ? 'ENOTFOUND'
      : maxVersion === 'TLSv1.1'
        ? 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'
        : undefined;
    const fault = certificates.refusal(host);
    // Clients compare the names themselves.
    const distrust = fault === 'ERR_TLS_CERT_ALTNAME_INVALID' ? undefined : fault;
    const socket = Object.assign(new EventEmitter(), {
      authorized: distrust === undefined,
      authorizationError: distrust,
      getProtocol: () => 'TLSv1.3',
      getPeerCertificate: () => ({
        subject: { CN: served?.names[0] },
        subjectaltname: served?.names.map(name => `DNS:${name}`).join(', '),
        valid_to: new Date(served?.notAfter ?? 0).toUTCString(),
      }),
      destroy: () => undefined,
    });
    queueMicrotask(() => {
      if (refused) socket.emit('error', Object.assign(new Error(refused), { code: refused }));
      else socket.emit('secureConnect');
    });
    return socket;
  };
  return { ...tls, connect };
}
