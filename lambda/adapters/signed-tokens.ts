import type { Signed, TokenFormat } from '../domain/kernel/signed-token.ts';
import { generateMac, verifyMac } from './kms.ts';

/** The token as it stands in a URL, signed by a KMS key. */
export async function signToken<Claims extends object>(
  keyId: string,
  { canonical, format }: TokenFormat<Claims>,
  service: string,
  claims: Claims,
): Promise<string> {
  return format({ ...claims, mac: await generateMac(keyId, canonical(service, claims)) });
}

/** The token that the text holds, if this key signed it for this service, expired or not. @throws when KMS does not answer. */
export async function verifyToken<Claims extends object>(
  keyId: string,
  { canonical, parse }: TokenFormat<Claims>,
  service: string,
  text: string,
): Promise<Signed<Claims> | undefined> {
  const token = parse(text);
  return token && (await verifyMac(keyId, canonical(service, token), token.mac)) ? token : undefined;
}
