import { base64url } from '../domain/kernel/base64url.ts';
import { CONFIRMATION, type Confirmation, type SignedConfirmation } from '../domain/subscribers/confirmation.ts';
import { generateMac } from './kms.ts';
import { signToken, verifyToken } from './signed-tokens.ts';

const key = () => process.env['CONFIRMATIONS_KEY'] ?? '';

/** The confirmation as it stands in a URL. */
export const signConfirmation = (service: string, confirmation: Confirmation): Promise<string> =>
  signToken(key(), CONFIRMATION, service, confirmation);

/** The confirmation that the text holds, if we signed it, expired or not. @throws when KMS does not answer. */
export const verifyConfirmation = (service: string, text: string): Promise<SignedConfirmation | undefined> =>
  verifyToken(key(), CONFIRMATION, service, text);

/**
 * A digest that stands for a mailbox where its address must not be stored. It needs the KMS key, so nobody else can test
 * addresses against it. Addresses that differ only behind a `+` belong to one mailbox.
 */
export async function digestOf(service: string, email: string): Promise<string> {
  const mailbox = email.replace(/\+[^@]*@/, '@');
  return base64url(await generateMac(key(), JSON.stringify(['incident-response mailbox', service, mailbox])));
}
