import type { Component } from '../incident/service-policy.ts';
import type { MessagePage, PageNotice } from '../messages/answer-page.ts';

/** The path of the form on the host of the status page; the links in confirmation mails are below it. */
export const SUBSCRIBE_PATH = '/subscribe';

/** Hours for which the link in a confirmation mail can be used. */
export const CONFIRMATION_HOURS = 24;

/** The form. It keeps the entered values when something is wrong with them. */
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

/** The page behind the link in a confirmation mail. */
export interface ConfirmPage {
  title: string;
  service: string;
  email: string;
  components: string[];
}

/** The service and its components, as customers know them. */
export interface Subscribable {
  service: string;
  url: string;
  components: readonly Component[];
}

/** The values entered into the form. */
export interface SubscriptionRequest {
  email: string;
  /** Ids of existing components. */
  components: string[];
}

export function subscribePage(
  { service, url, components }: Subscribable,
  request: SubscriptionRequest,
  fault?: string,
): SubscribePage {
  return {
    title: `Subscribe to ${service} status`,
    service,
    notice: fault ? { tone: 'bad', text: fault } : null,
    action: SUBSCRIBE_PATH,
    email: request.email,
    components: components.map(({ id, name, description }) => ({
      ...{ id, name, description },
      chosen: request.components.includes(id),
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

type Message = (about: Pick<Subscribable, 'url' | 'service'>) => MessagePage;

const statusPage = (url: string) => ({ label: 'Status page', url });

/** The same page for every address: it must not show if the address is subscribed already. */
export const CHECK_MAILBOX: Message = ({ url }) => ({
  title: 'Look into your mailbox',
  texts: [
    `A message with a link is on its way to you. Open the link within ${CONFIRMATION_HOURS} hours and press its button: only then are you subscribed, and until then your address is not kept.`,
    'Nothing has come? Look among what was sorted out as spam. No more than three such messages go to one address in a day.',
  ],
  link: statusPage(url),
});

export const SUBSCRIBED: Message = ({ url, service }) => ({
  title: 'You are subscribed',
  texts: [
    `You get an e-mail when something is wrong with what you chose of ${service}, and how it goes on. Each has a link that ends it.`,
  ],
  link: statusPage(url),
});

/** Also shown to somebody who has unsubscribed since: an old link does not subscribe them again. */
export const CONFIRMED_BEFORE: Message = ({ url }) => ({
  title: 'This has been confirmed already',
  texts: ['The link was used before, and does nothing more. If you have unsubscribed since, subscribe anew.'],
  link: statusPage(url),
});

/** One page for every invalid link: forged, altered or expired. It must not tell which, or it would help to guess. */
export const INVALID_LINK: Message = ({ url }) => ({
  title: 'This link cannot be used',
  texts: ['It may have expired, or it is not complete. Subscribe anew to get another.'],
  link: statusPage(url),
});

/** The page of a failure that hides even the address of the status page. */
export const UNAVAILABLE: MessagePage = {
  title: 'This did not work just now',
  texts: ['Nothing has been changed. Go back and try it again in some minutes.'],
  link: null,
};

export const TRY_AGAIN: Message = ({ url }) => ({ ...UNAVAILABLE, link: statusPage(url) });
