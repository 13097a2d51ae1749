import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The HMAC-SHA-256 of parts, one after the other, as hexadecimal digits. */
export const hmacHex = (secret: string, ...parts: (string | Buffer)[]) =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', secret)).digest('hex');

/** Compares two texts in constant time, so that the time taken does not help to guess a secret. */
export function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
