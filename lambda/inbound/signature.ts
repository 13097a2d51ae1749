import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The keyed digest of a text, as hex digits. */
export const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

/** Whether two texts are the same, told in a time that says nothing of how much of them is. */
export function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
