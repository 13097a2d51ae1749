import { base64url, bytesOf, decode, encode } from '../kernel/base64url.ts';

/** What the link in a confirmation mail says: who asked to hear of what. It is all there is until it is confirmed. */
export interface Confirmation {
  email: string;
  /** Ids, at least one. */
  components: readonly string[];
  /** Seconds since 1970; from then on it is worth nothing. */
  expires: number;
}

/** With its message authentication code, as it stands in a URL. */
export interface SignedConfirmation extends Confirmation {
  mac: Uint8Array;
}

const VERSION = '1';
const MAC_BYTES = 32;

/** What the code is computed over; with the service, so that it is good for no other. */
export const canonicalConfirmation = (service: string, { email, components, expires }: Confirmation): string =>
  JSON.stringify(['incident-response subscription', VERSION, service, email, components, expires]);

/** The address is encoded, not hidden: whoever has the mail has it anyway. */
export const formatConfirmation = ({ email, components, expires, mac }: SignedConfirmation): string =>
  [VERSION, expires.toString(36), encode(email), encode(components.join(' ')), base64url(mac)].join('.');

/** The confirmation that is written so, and in no other way: what differs in a character is another one, or none. */
export function parseConfirmation(text: string): SignedConfirmation | undefined {
  const [version, expires = '', email = '', components = '', mac = ''] = text.split('.');
  if (version !== VERSION || !/^[0-9a-z]{1,8}$/.test(expires)) return undefined;
  const confirmation: SignedConfirmation = {
    email: decode(email),
    components: decode(components).split(' '),
    expires: Number.parseInt(expires, 36),
    mac: bytesOf(mac),
  };
  const complete = confirmation.mac.length === MAC_BYTES && email !== '' && components !== '';
  return complete && formatConfirmation(confirmation) === text ? confirmation : undefined;
}
