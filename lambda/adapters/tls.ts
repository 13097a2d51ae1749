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
  /** Seconds after which the host counts as silent. @default 3 */
  seconds?: number;
  /** Certificate authorities to trust instead of Node's own. */
  ca?: string[];
}

/**
 * The certificate that a host presents, trusted or not. @throws when it cannot be reached, speaks no TLS, or does not answer
 * in time.
 */
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

/** Tells if the host accepts TLS 1.1 or older; undefined when it did not answer in time. Never throws. */
export async function acceptsOldProtocols(host: string, options: Handshake = {}): Promise<boolean | undefined> {
  // OpenSSL 3 offers these versions only at its lowest security level.
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
  read: (socket: TLSSocket) => T,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({
    ...{ host, port, servername: host },
    // Accept any certificate, in order to examine it; trust and names are judged separately.
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
    return read(socket);
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

/** The reason why the certificate is not trusted. Expiry is left out, because `notAfter` shows it. */
function distrustOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  const reason = String((authorizationError as Error | undefined)?.message ?? authorizationError);
  return authorized || reason === 'CERT_HAS_EXPIRED' ? undefined : reason;
}
