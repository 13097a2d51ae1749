import { base64url, bytesOf } from './base64url.ts';

/** The claim of a token, with the message authentication code (MAC) over it. */
export type Signed<Claims> = Claims & { mac: Uint8Array };

/** One kind of token, such as the link in a page. */
export interface TokenKind<Claims> {
  /** Is part of the signed text: a token of one kind is never good as one of another kind. */
  name: string;
  /** The values that are signed. Two claims that differ must differ here. */
  values: (claims: Claims) => unknown[];
  /** The claims as text fields that need no escaping in a URL and contain no `.`; the first may be empty. */
  write: (claims: Claims) => string[];
  /** Undefined when these fields cannot be such claims. */
  read: (fields: string[]) => Claims | undefined;
}

/** How a kind of token is signed, written into a URL and read back. */
export interface TokenFormat<Claims> {
  /** The text that is signed. It contains the service, so that no token is good for another service. */
  canonical: (service: string, claims: Claims) => string;
  format: (token: Signed<Claims>) => string;
  /** Undefined when the text is no such token. It does not check the MAC. */
  parse: (text: string) => Signed<Claims> | undefined;
}

const VERSION = '1';
const MAC_BYTES = 32;

/**
 * A token is the version, the fields and the MAC, joined by `.`: letters, digits, `-`, `_` and `.` alone, which mail programs
 * and proxies leave as they are. There is one spelling for each token: a text that differs in a character is another token, or
 * none.
 */
export function tokenFormat<Claims extends object>({
  name,
  values,
  write,
  read,
}: TokenKind<Claims>): TokenFormat<Claims> {
  const format = (token: Signed<Claims>) => VERSION + [...write(token), base64url(token.mac)].join('.');
  return {
    // JSON, because no two lists of values read the same in it.
    canonical: (service, claims) => JSON.stringify([`incident-response ${name}`, VERSION, service, ...values(claims)]),
    format,
    parse: text => {
      const fields = text.slice(VERSION.length).split('.');
      const mac = bytesOf(fields.pop() ?? '');
      const claims = mac.length === MAC_BYTES ? read(fields) : undefined;
      const token = claims && { ...claims, mac };
      return token && format(token) === text ? token : undefined;
    },
  };
}

/** Seconds since 1970, in the fewest characters. */
export const writeTime = (seconds: number): string => seconds.toString(36);

export const readTime = (text: string): number | undefined =>
  /^[0-9a-z]{1,8}$/.test(text) ? Number.parseInt(text, 36) : undefined;
