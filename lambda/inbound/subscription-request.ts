import * as v from 'valibot';
import type { Subscribable, SubscriptionRequest } from '../domain/subscribers/subscribe-page.ts';

/** An e-mail address by the rule of browsers, with a dot in its host. */
const Address = v.pipe(v.string(), v.rfcEmail(), v.regex(/^[^@]{1,64}@.+\.[^.]+$/), v.maxLength(254));

/** The values entered into the form, and the fault in them, in words for the customer. */
export interface ParsedSubscription {
  request: SubscriptionRequest;
  fault?: string | undefined;
}

/**
 * Parses the form of the subscribe page or the status page. Addresses become lower case, because mailboxes do not distinguish
 * capitals.
 */
export function parseSubscriptionRequest(form: string, { components }: Subscribable): ParsedSubscription {
  const fields = new URLSearchParams(form);
  const chosen = fields.getAll('component');
  const request = {
    email: (fields.get('email') ?? '').trim().toLowerCase().slice(0, 300),
    components: components.flatMap(({ id }) => (chosen.includes(id) ? [id] : [])),
  };
  return { request, fault: faultOf(request) };
}

function faultOf({ email, components }: SubscriptionRequest): string | undefined {
  if (!v.is(Address, email)) return 'That is no e-mail address. It looks like name@example.com.';
  if (components.length === 0) return 'Choose at least one of what you want to hear of.';
  return undefined;
}
