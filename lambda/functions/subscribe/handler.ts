import { digestOf, signConfirmation, verifyConfirmation } from '../../adapters/confirmations.ts';
import { sendMail, subscribe } from '../../adapters/ses.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import type { MessagePage } from '../../domain/messages/answer-page.ts';
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
  UNAVAILABLE,
} from '../../domain/subscribers/subscribe-page.ts';
import { type Body, HttpEvent, readBody } from '../../inbound/http-event.ts';
import { parseSubscriptionRequest } from '../../inbound/subscription-request.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { type HttpResponse, page } from '../../runtime/http-response.ts';
import { rendered } from '../../runtime/templates.ts';
import { countIfAllowed, isUsed, markUsed, uncount } from '../../store/confirmation-requests.ts';

/** More than the form sends. */
const MAXIMUM_FORM = 4096;

/**
 * The public endpoint for subscriptions: the form, and below it the links of confirmation mails. No address is stored before it is
 * confirmed, and opening a link confirms nothing: only the button on its page does.
 */
export const handler = entrypoint(HttpEvent, async (event): Promise<HttpResponse> => {
  try {
    return await answer(event, await subscribable());
  } catch (error) {
    return unavailable(error, UNAVAILABLE);
  }
});

async function answer(event: HttpEvent, about: Subscribable): Promise<HttpResponse> {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return withAllowed(messagePage(about, 405, INVALID_LINK));
  if (method === 'POST' && !isForm(event)) return messagePage(about, 415, TRY_AGAIN);
  const body = readBody(event);
  if ('status' in body) return messagePage(about, body.status, TRY_AGAIN);
  if (body.bytes.length > MAXIMUM_FORM) return messagePage(about, 413, TRY_AGAIN);
  try {
    if (event.rawPath === SUBSCRIBE_PATH)
      return method === 'GET' ? form(about, 200, emptyRequest(about)) : await requestConfirmation(about, body);
    const confirmation = await validConfirmation(about, linkOf(event));
    // Not 403: CloudFront replaces a 403 by its page for missing files.
    if (!confirmation) return messagePage(about, 410, INVALID_LINK);
    if (await isUsed(confirmation)) return messagePage(about, 200, CONFIRMED_BEFORE);
    return method === 'GET' ? show(about, confirmation) : await confirm(about, confirmation);
  } catch (error) {
    return unavailable(error, TRY_AGAIN(about));
  }
}

function unavailable(error: unknown, shown: MessagePage): HttpResponse {
  const { name, message } = error as Error;
  console.error({ message: `subscribing did not work: ${message}`, error: name });
  return page(503, rendered('pages/message.html', shown));
}

const isForm = ({ headers }: HttpEvent) => /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');

const linkOf = ({ rawPath }: HttpEvent) =>
  rawPath.startsWith(`${SUBSCRIBE_PATH}/`) ? rawPath.slice(SUBSCRIBE_PATH.length + 1) : '';

/** Requests a confirmation. The answer must not show who is subscribed, nor if this mailbox has got too many mails. */
async function requestConfirmation(about: Subscribable, { text }: Body): Promise<HttpResponse> {
  const { request, fault } = parseSubscriptionRequest(text, about);
  if (fault) return form(about, 422, request, fault);
  const digest = await digestOf(service(), request.email);
  const isAllowed = await countIfAllowed(digest);
  if (isAllowed) await sendConfirmation(about, request, digest);
  console.info({ message: isAllowed ? 'a confirmation was sent' : 'no confirmation was sent: too many were' });
  return messagePage(about, 200, CHECK_MAILBOX);
}

async function sendConfirmation(about: Subscribable, request: SubscriptionRequest, digest: string): Promise<void> {
  const expires = Math.floor(Date.now() / 1000) + CONFIRMATION_HOURS * 3600;
  const link = await signConfirmation(service(), { ...request, expires });
  const fields = {
    service: about.service,
    components: componentsOf(about, request.components).map(({ name }) => name),
    hours: CONFIRMATION_HOURS,
    url: `${about.url}${SUBSCRIBE_PATH}/${link}`,
  };
  try {
    await sendMail(request.email, renderMail(rendered, 'messages/subscription-confirmation.txt', fields));
  } catch (error) {
    await uncount(digest);
    throw error;
  }
}

/** The confirmation in a link; undefined when the link is forged or expired, or none of its components exists any more. */
async function validConfirmation(about: Subscribable, link: string): Promise<SignedConfirmation | undefined> {
  const confirmation = await verifyConfirmation(service(), link);
  if (!confirmation || confirmation.expires * 1000 <= Date.now()) return undefined;
  return componentsOf(about, confirmation.components).length > 0 ? confirmation : undefined;
}

async function confirm(about: Subscribable, confirmation: SignedConfirmation): Promise<HttpResponse> {
  const ids = (components: readonly { id: string }[]) => components.map(({ id }) => id);
  const chosen = componentsOf(about, confirmation.components);
  await subscribe(confirmation.email, ids(chosen), ids(about.components));
  await markUsed(confirmation);
  console.info({ message: 'somebody has subscribed', components: confirmation.components });
  return messagePage(about, 200, SUBSCRIBED);
}

async function subscribable(): Promise<Subscribable> {
  const { site } = await deployed();
  if (!site) throw new Error('no status page is deployed');
  return { service: site.title, url: site.url, components: site.components };
}

/** The empty form, in which all components are chosen. */
const emptyRequest = ({ components }: Subscribable): SubscriptionRequest => ({
  email: '',
  components: components.map(({ id }) => id),
});

const componentsOf = ({ components }: Subscribable, ids: readonly string[]) =>
  components.filter(({ id }) => ids.includes(id));

const form = (about: Subscribable, status: number, request: SubscriptionRequest, fault?: string) =>
  page(status, rendered('pages/subscribe.html', subscribePage(about, request, fault)));

const show = (about: Subscribable, { email, components }: SignedConfirmation) =>
  page(
    200,
    rendered('pages/confirm-subscription.html', confirmPage(about.service, email, componentsOf(about, components))),
  );

const messagePage = (about: Subscribable, status: number, message: typeof INVALID_LINK) =>
  page(status, rendered('pages/message.html', message(about)));

const withAllowed = (response: HttpResponse) => ({ ...response, headers: { ...response.headers, allow: 'GET, POST' } });
