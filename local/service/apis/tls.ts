import { EventEmitter } from 'node:events';
import * as tls from 'node:tls';
import type { SimulatedService } from '../service.ts';

/** `node:tls` for the functions: it connects to what the simulated service serves, and to nothing else. */
export function tlsOf({ certificates }: SimulatedService) {
  const connect = ({ host = '', maxVersion }: tls.ConnectionOptions) => {
    const served = certificates.servedAt(host);
    const refused = !served
      ? 'ENOTFOUND'
      : maxVersion === 'TLSv1.1'
        ? 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'
        : undefined;
    const fault = certificates.refusal(host);
    // Names are compared by whoever connects.
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
