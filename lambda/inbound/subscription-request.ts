import * as v from 'valibot';
import type { Subscribable, SubscriptionRequest } from '../domain/subscribers/subscribe-page.ts';
import { type HttpEvent, rawBody } from './http-event.ts';

/** As browsers check it, and with a host that has a dot. */
const Address = v.pipe(v.string(), v.rfcEmail(), v.regex(/^[^@]{1,64}@.+\.[^.]+$/), v.maxLength(254));

/** What was typed; and what is wrong with it, in words for whoever typed it. */
export interface Typed {
  wish: SubscriptionRequest;
  fault?: string | undefined;
}

/** The form of this page, and of the status page. An address is spelled in one way: no mailbox tells capitals apart. */
export function parseSubscriptionRequest(event: HttpEvent, { components }: Subscribable): Typed {
  const fields = new URLSearchParams(rawBody(event));
  const chosen = fields.getAll('component');
  const wish = {
    email: (fields.get('email') ?? '').trim().toLowerCase().slice(0, 300),
    components: components.flatMap(({ id }) => (chosen.includes(id) ? [id] : [])),
  };
  return { wish, fault: faultOf(wish) };
}

function faultOf({ email, components }: SubscriptionRequest): string | undefined {
  if (!v.is(Address, email)) return 'That is no e-mail address. It looks like name@example.com.';
  if (components.length === 0) return 'Choose at least one of what you want to hear of.';
  return undefined;
}
