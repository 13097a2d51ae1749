import { decode, encode } from '../kernel/base64url.ts';
import { readTime, type Signed, tokenFormat, writeTime } from '../kernel/signed-token.ts';

/**
 * The link in a confirmation mail: who asked to hear of which components. Nothing else is stored of a subscription until it is
 * confirmed.
 */
export interface Confirmation {
  email: string;
  /** Ids, at least one. */
  components: readonly string[];
  /** Seconds since 1970; from then on the link is refused. */
  expires: number;
}

export type SignedConfirmation = Signed<Confirmation>;

/** The address is encoded, not hidden: whoever has the mail has it anyway. */
export const CONFIRMATION = tokenFormat<Confirmation>({
  name: 'subscription',
  values: ({ email, components, expires }) => [email, components, expires],
  // The first field is empty: a confirmation comes in one form only, where a link has a letter for its action.
  write: ({ email, components, expires }) => ['', writeTime(expires), encode(email), encode(components.join(' '))],
  read: ([, time = '', email = '', components = '']) => {
    const expires = readTime(time);
    if (expires === undefined || email === '' || components === '') return undefined;
    return { expires, email: decode(email), components: decode(components).split(' ') };
  },
});
