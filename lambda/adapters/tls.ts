import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';
import type { EndpointCertificate } from '../domain/diagnosis/certificate.ts';

export interface Handshake {
  port?: number;
  /** Seconds after which it counts as not answered. */
  seconds?: number;
  /** Whom to trust instead of the authorities that Node knows. */
  ca?: string[];
}

/** What a host serves, trusted or not. @throws when it cannot be reached, speaks no TLS, or does not answer in time. */
export async function handshake(host: string, options: Handshake = {}): Promise<EndpointCertificate> {
  return withSocket(host, {}, options, socket => {
    const certificate = socket.getPeerCertificate(true);
    return {
      host,
      protocol: socket.getProtocol() ?? 'unknown',
      notAfter: new Date(certificate.valid_to),
      names: namesOf(certificate),
      distrust: distrustOf(socket),
      matches: checkServerIdentity(host, certificate) === undefined,
    };
  });
}

/** Whether TLS 1.1 or older is accepted; undefined when it was not answered in time. Never throws. */
export async function acceptsOldProtocols(host: string, options: Handshake = {}): Promise<boolean | undefined> {
  // OpenSSL 3 offers these only at its lowest security level.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  try {
    return await withSocket(host, old, options, () => true);
  } catch (error) {
    return error instanceof NoAnswer ? undefined : false;
  }
}

class NoAnswer extends Error {}

async function withSocket<T>(
  host: string,
  offered: ConnectionOptions,
  { port = 443, seconds = 3, ca }: Handshake,
  look: (socket: TLSSocket) => T,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({
    ...{ host, port, servername: host },
    // Whatever is served is to be looked at; names are compared apart from trust.
    ...{ rejectUnauthorized: false, checkServerIdentity: () => undefined },
    ...(ca && { ca }),
    ...offered,
  });
  const timer = setTimeout(() => reject(new NoAnswer(`${host}: no answer in ${seconds} s`)), seconds * 1000);
  socket.once('secureConnect', resolve);
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed')));
  try {
    await promise;
    return look(socket);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    const { message, code } = error as Error & { code?: string };
    throw new Error(`${host}: ${code ?? message}`);
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

const namesOf = ({ subjectaltname = '' }: DetailedPeerCertificate): string[] =>
  subjectaltname.split(', ').flatMap(name => (name.startsWith('DNS:') ? [name.slice(4)] : []));

/** That it has expired is told by its date. */
function distrustOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  const reason = String((authorizationError as Error | undefined)?.message ?? authorizationError);
  return authorized || reason === 'CERT_HAS_EXPIRED' ? undefined : reason;
}
