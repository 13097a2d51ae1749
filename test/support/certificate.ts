import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;

/** A certificate with its key; both PEM. */
export interface WithKey {
  certificate: string;
  key: string;
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const pem = async ({ privateKey }: { privateKey: webcrypto.CryptoKey }) =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
const named = (host: string) => new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]);
const valid = (days: number) => ({
  notBefore: new Date(Date.now() - 400 * DAY),
  notAfter: new Date(Date.now() + days * DAY),
});

/** A certificate for a host that signs itself, valid for a day. */
export async function selfSigned(host: string): Promise<WithKey> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${host}`, ...valid(1), signingAlgorithm: algorithm, keys },
    extensions: [named(host)],
  });
  return { certificate: certificate.toString('pem'), key: await pem(keys) };
}

/** An authority of the test's own: whom to trust, and certificates that it issues, for so many days. */
export async function authority(): Promise<{ ca: string; issue: (host: string, days: number) => Promise<WithKey> }> {
  const own = await newKeys();
  const issuer = 'CN=Test Authority';
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...{ name: issuer, ...valid(3650), signingAlgorithm: algorithm, keys: own },
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const issue = async (host: string, days: number) => {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ subject: `CN=${host}`, issuer, ...valid(days), signingAlgorithm: algorithm },
      ...{ publicKey: keys.publicKey, signingKey: own.privateKey, extensions: [named(host)] },
    });
    return { certificate: certificate.toString('pem'), key: await pem(keys) };
  };
  return { ca: ca.toString('pem'), issue };
}
