import { digestOf, signConfirmation, verifyConfirmation } from '../../adapters/confirmations.ts';
import { sendMail, subscribe } from '../../adapters/ses.ts';
import { DECLARED } from '../../domain/incident/policy.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import type { SignedConfirmation } from '../../domain/subscribers/confirmation.ts';
import {
  CHECK_MAILBOX,
  CONFIRMATION_HOURS,
  CONFIRMED_BEFORE,
  confirmPage,
  INVALID_LINK,
  SUBSCRIBE_PATH,
  SUBSCRIBED,
  type Subscribable,
  type SubscriptionRequest,
  subscribePage,
  TRY_AGAIN,
} from '../../domain/subscribers/subscribe-page.ts';
import { HttpEvent } from '../../inbound/http-event.ts';
import { parseSubscriptionRequest } from '../../inbound/subscription-request.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { type HttpResponse, page } from '../../runtime/http-response.ts';
import { rendered } from '../../runtime/templates.ts';
import { giveBack, isUsed, markUsed, mayAsk } from '../../store/confirmation-requests.ts';

/** More than any form of ours. */
const MOST_BYTES = 4096;

/**
 * The door of customers who want to hear of disruptions: the form, and below it the links of confirmation mails.
 * Nothing is kept of an address before it is confirmed, and to open a link confirms nothing: only its page's button does.
 */
export const handler = entrypoint(HttpEvent, async (event): Promise<HttpResponse> => {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return withAllowed(says(405, INVALID_LINK));
  if (method === 'POST' && !isForm(event)) return says(415, TRY_AGAIN);
  if (event.body.length > MOST_BYTES) return says(413, TRY_AGAIN);
  try {
    if (event.rawPath === SUBSCRIBE_PATH) return method === 'GET' ? form(200, nothingTyped()) : await ask(event);
    const confirmation = await standing(linkOf(event));
    // Not 403: what CloudFront gets that for, it takes for something that is not there.
    if (!confirmation) return says(410, INVALID_LINK);
    if (await isUsed(confirmation)) return says(200, CONFIRMED_BEFORE);
    return method === 'GET' ? show(confirmation) : await confirm(confirmation);
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `subscribing did not work: ${message}`, error: name });
    return says(503, TRY_AGAIN);
  }
});

const isForm = ({ headers }: HttpEvent) => /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');

const linkOf = ({ rawPath }: HttpEvent) =>
  rawPath.startsWith(`${SUBSCRIBE_PATH}/`) ? rawPath.slice(SUBSCRIBE_PATH.length + 1) : '';

/** The answer is the same whoever is subscribed, and whether or not this mailbox was asked too often. */
async function ask(event: HttpEvent): Promise<HttpResponse> {
  const { wish, fault } = parseSubscriptionRequest(event, subscribable());
  if (fault) return form(422, wish, fault);
  const digest = await digestOf(deployed().service, wish.email);
  const may = await mayAsk(digest);
  if (may) await sendConfirmation(wish, digest);
  console.info({ message: may ? 'a confirmation was sent' : 'no confirmation was sent: too many were' });
  return says(200, CHECK_MAILBOX);
}

async function sendConfirmation(wish: SubscriptionRequest, digest: string): Promise<void> {
  const expires = Math.floor(Date.now() / 1000) + CONFIRMATION_HOURS * 3600;
  const link = await signConfirmation(deployed().service, { ...wish, expires });
  const { service, url } = subscribable();
  const fields = {
    service,
    components: named(wish.components).map(({ name }) => name),
    hours: CONFIRMATION_HOURS,
    url: `${url}${SUBSCRIBE_PATH}/${link}`,
  };
  try {
    await sendMail(wish.email, renderMail(rendered, 'messages/subscription-confirmation.txt', fields));
  } catch (error) {
    await giveBack(digest);
    throw error;
  }
}

/** A confirmation that we asked for, while there is time, of something that still is there. */
async function standing(link: string): Promise<SignedConfirmation | undefined> {
  const confirmation = await verifyConfirmation(deployed().service, link);
  if (!confirmation || confirmation.expires * 1000 <= Date.now()) return undefined;
  return named(confirmation.components).length > 0 ? confirmation : undefined;
}

async function confirm(confirmation: SignedConfirmation): Promise<HttpResponse> {
  const ids = (components: readonly { id: string }[]) => components.map(({ id }) => id);
  const { components } = subscribable();
  await subscribe(confirmation.email, ids(named(confirmation.components)), ids(components));
  await markUsed(confirmation);
  console.info({ message: 'somebody has subscribed', components: confirmation.components });
  return says(200, SUBSCRIBED);
}

function subscribable(): Subscribable {
  const policy = deployed().policies[DECLARED];
  if (!policy?.statusPage) throw new Error('no status page is deployed');
  return { service: policy.title, ...policy.statusPage };
}

/** Everything is chosen until somebody chooses. */
const nothingTyped = (): SubscriptionRequest => ({
  email: '',
  components: subscribable().components.map(({ id }) => id),
});

const named = (ids: readonly string[]) => subscribable().components.filter(({ id }) => ids.includes(id));

const form = (status: number, wish: SubscriptionRequest, fault?: string) =>
  page(status, rendered('pages/subscribe.html', subscribePage(subscribable(), wish, fault)));

const show = ({ email, components }: SignedConfirmation) =>
  page(200, rendered('pages/confirm-subscription.html', confirmPage(subscribable().service, email, named(components))));

const says = (status: number, message: typeof INVALID_LINK) =>
  page(status, rendered('pages/message.html', message(subscribable())));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
