/** The handshake of the responder, with hosts that a test lays down. */
import type { EndpointCertificate } from '../../lambda/domain/diagnosis/certificate.ts';

/** The certificate that each host serves; a host that is missing is not reached. */
export const serves = new Map<string, EndpointCertificate>();

export async function handshake(host: string): Promise<EndpointCertificate> {
  const served = serves.get(host);
  if (!served) throw new Error(`${host}: ECONNREFUSED`);
  return served;
}

export const acceptsOldProtocols = async () => false;
