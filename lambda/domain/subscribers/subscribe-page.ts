import type { Component } from '../incident/service-policy.ts';
import type { MessagePage, PageNotice } from '../messages/answer-page.ts';

/** Where the form is, on the host of the status page; the links of confirmation mails are below it. */
export const SUBSCRIBE_PATH = '/subscribe';

/** For how long a confirmation can be given. */
export const CONFIRMATION_HOURS = 24;

/** The form: what was typed stays when something is wrong with it. */
export interface SubscribePage {
  title: string;
  service: string;
  notice: PageNotice | null;
  action: string;
  email: string;
  components: { id: string; name: string; description: string; chosen: boolean }[];
  /** The status page. */
  url: string;
}

/** The page behind the link of a confirmation mail. */
export interface ConfirmPage {
  title: string;
  service: string;
  email: string;
  components: string[];
}

/** What customers know the service by. */
export interface Subscribable {
  service: string;
  url: string;
  components: readonly Component[];
}

/** What was typed into the form. */
export interface SubscriptionRequest {
  email: string;
  /** Ids of components that there are. */
  components: string[];
}

export function subscribePage(
  { service, url, components }: Subscribable,
  wish: SubscriptionRequest,
  fault?: string,
): SubscribePage {
  return {
    title: `Subscribe to ${service} status`,
    service,
    notice: fault ? { tone: 'bad', text: fault } : null,
    action: SUBSCRIBE_PATH,
    email: wish.email,
    components: components.map(({ id, name, description }) => ({
      ...{ id, name, description },
      chosen: wish.components.includes(id),
    })),
    url,
  };
}

export const confirmPage = (service: string, email: string, components: readonly Component[]): ConfirmPage => ({
  title: `Subscribe to ${service} status`,
  service,
  email,
  components: components.map(({ name }) => name),
});

type Says = (about: Pick<Subscribable, 'url' | 'service'>) => MessagePage;

const statusPage = (url: string) => ({ label: 'Status page', url });

/** The same for everybody: whether an address is subscribed, only its mailbox is told. */
export const CHECK_MAILBOX: Says = ({ url }) => ({
  title: 'Look into your mailbox',
  texts: [
    `A message with a link is on its way to you. Open the link within ${CONFIRMATION_HOURS} hours and press its button: only then are you subscribed, and until then your address is not kept.`,
    'Nothing has come? Look among what was sorted out as spam. No more than three such messages go to one address in a day.',
  ],
  link: statusPage(url),
});

export const SUBSCRIBED: Says = ({ url, service }) => ({
  title: 'You are subscribed',
  texts: [
    `You get an e-mail when something is wrong with what you chose of ${service}, and how it goes on. Each has a link that ends it.`,
  ],
  link: statusPage(url),
});

/** Also for who has unsubscribed since: an old link does not undo that. */
export const CONFIRMED_BEFORE: Says = ({ url }) => ({
  title: 'This has been confirmed already',
  texts: ['The link was used before, and does nothing more. If you have unsubscribed since, subscribe anew.'],
  link: statusPage(url),
});

/** One page for whatever is no good: forged, altered, expired. It must tell them apart by nothing. */
export const INVALID_LINK: Says = ({ url }) => ({
  title: 'This link cannot be used',
  texts: ['It may have expired, or it is not complete. Subscribe anew to get another.'],
  link: statusPage(url),
});

export const TRY_AGAIN: Says = ({ url }) => ({
  title: 'This did not work just now',
  texts: ['Nothing has been changed. Go back and try it again in some minutes.'],
  link: statusPage(url),
});
