import { base64url } from '../domain/kernel/base64url.ts';
import {
  type Confirmation,
  canonicalConfirmation,
  formatConfirmation,
  parseConfirmation,
  type SignedConfirmation,
} from '../domain/subscribers/confirmation.ts';
import { generateMac, verifyMac } from './kms.ts';

const key = () => process.env['CONFIRMATIONS_KEY'] ?? '';

/** The confirmation as it stands in a URL. */
export async function signConfirmation(service: string, confirmation: Confirmation): Promise<string> {
  return formatConfirmation({
    ...confirmation,
    mac: await generateMac(key(), canonicalConfirmation(service, confirmation)),
  });
}

/** What the text says, if we signed it, whether it has expired or not. @throws when KMS could not say. */
export async function verifyConfirmation(service: string, text: string): Promise<SignedConfirmation | undefined> {
  const confirmation = parseConfirmation(text);
  if (!confirmation) return undefined;
  return (await verifyMac(key(), canonicalConfirmation(service, confirmation), confirmation.mac))
    ? confirmation
    : undefined;
}

/**
 * What stands for a mailbox where its address must not be kept: nobody can try out addresses who may not use the key. What
 * follows a `+` leads to the same mailbox.
 */
export async function digestOf(service: string, email: string): Promise<string> {
  const mailbox = email.replace(/\+[^@]*@/, '@');
  return base64url(await generateMac(key(), JSON.stringify(['incident-response mailbox', service, mailbox])));
}
