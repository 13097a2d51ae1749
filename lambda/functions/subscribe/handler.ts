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
import { countIfAllowed, isUsed, markUsed, uncount } from '../../store/confirmation-requests.ts';

/** More than any of our forms sends. */
const MAXIMUM_BYTES = 4096;

/**
 * The public endpoint for subscriptions: the form, and below it the links of confirmation mails. No address is stored before it is
 * confirmed, and opening a link confirms nothing: only the button on its page does.
 */
export const handler = entrypoint(HttpEvent, async (event): Promise<HttpResponse> => {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return withAllowed(messagePage(405, INVALID_LINK));
  if (method === 'POST' && !isForm(event)) return messagePage(415, TRY_AGAIN);
  if (event.body.length > MAXIMUM_BYTES) return messagePage(413, TRY_AGAIN);
  try {
    if (event.rawPath === SUBSCRIBE_PATH)
      return method === 'GET' ? form(200, emptyRequest()) : await requestConfirmation(event);
    const confirmation = await validConfirmation(linkOf(event));
    // Not 403: CloudFront replaces a 403 by its page for missing files.
    if (!confirmation) return messagePage(410, INVALID_LINK);
    if (await isUsed(confirmation)) return messagePage(200, CONFIRMED_BEFORE);
    return method === 'GET' ? show(confirmation) : await confirm(confirmation);
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `subscribing did not work: ${message}`, error: name });
    return messagePage(503, TRY_AGAIN);
  }
});

const isForm = ({ headers }: HttpEvent) => /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');

const linkOf = ({ rawPath }: HttpEvent) =>
  rawPath.startsWith(`${SUBSCRIBE_PATH}/`) ? rawPath.slice(SUBSCRIBE_PATH.length + 1) : '';

/** Requests a confirmation. The answer must not show who is subscribed, nor if this mailbox has got too many mails. */
async function requestConfirmation(event: HttpEvent): Promise<HttpResponse> {
  const { request, fault } = parseSubscriptionRequest(event, subscribable());
  if (fault) return form(422, request, fault);
  const digest = await digestOf(deployed().service, request.email);
  const isAllowed = await countIfAllowed(digest);
  if (isAllowed) await sendConfirmation(request, digest);
  console.info({ message: isAllowed ? 'a confirmation was sent' : 'no confirmation was sent: too many were' });
  return messagePage(200, CHECK_MAILBOX);
}

async function sendConfirmation(request: SubscriptionRequest, digest: string): Promise<void> {
  const expires = Math.floor(Date.now() / 1000) + CONFIRMATION_HOURS * 3600;
  const link = await signConfirmation(deployed().service, { ...request, expires });
  const { service, url } = subscribable();
  const fields = {
    service,
    components: componentsOf(request.components).map(({ name }) => name),
    hours: CONFIRMATION_HOURS,
    url: `${url}${SUBSCRIBE_PATH}/${link}`,
  };
  try {
    await sendMail(request.email, renderMail(rendered, 'messages/subscription-confirmation.txt', fields));
  } catch (error) {
    await uncount(digest);
    throw error;
  }
}

/** The confirmation in a link; undefined when the link is forged or expired, or none of its components exists any more. */
async function validConfirmation(link: string): Promise<SignedConfirmation | undefined> {
  const confirmation = await verifyConfirmation(deployed().service, link);
  if (!confirmation || confirmation.expires * 1000 <= Date.now()) return undefined;
  return componentsOf(confirmation.components).length > 0 ? confirmation : undefined;
}

async function confirm(confirmation: SignedConfirmation): Promise<HttpResponse> {
  const ids = (components: readonly { id: string }[]) => components.map(({ id }) => id);
  const { components } = subscribable();
  await subscribe(confirmation.email, ids(componentsOf(confirmation.components)), ids(components));
  await markUsed(confirmation);
  console.info({ message: 'somebody has subscribed', components: confirmation.components });
  return messagePage(200, SUBSCRIBED);
}

function subscribable(): Subscribable {
  const policy = deployed().policies[DECLARED];
  if (!policy?.statusPage) throw new Error('no status page is deployed');
  return { service: policy.title, ...policy.statusPage };
}

/** The empty form, in which all components are chosen. */
const emptyRequest = (): SubscriptionRequest => ({
  email: '',
  components: subscribable().components.map(({ id }) => id),
});

const componentsOf = (ids: readonly string[]) => subscribable().components.filter(({ id }) => ids.includes(id));

const form = (status: number, request: SubscriptionRequest, fault?: string) =>
  page(status, rendered('pages/subscribe.html', subscribePage(subscribable(), request, fault)));

const show = ({ email, components }: SignedConfirmation) =>
  page(
    200,
    rendered('pages/confirm-subscription.html', confirmPage(subscribable().service, email, componentsOf(components))),
  );

const messagePage = (status: number, message: typeof INVALID_LINK) =>
  page(status, rendered('pages/message.html', message(subscribable())));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
