import { Liquid } from 'liquidjs';
import { htmlText } from '../../lambda/domain/encoding/html.ts';
import type { Outputs } from '../rehearsal/outputs.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { namesByAddress } from '../world/names.ts';
import type { RehearsalWorld } from '../world/world.ts';
import type { Lead } from './addresses.ts';
import { type Answer, type Answered, type Asked, text } from './loopback.ts';
import { partsOf, partsOfMarkup } from './parts.ts';
import { MINUTES_AFTER, type Visits } from './visits.ts';

/** The rehearsal that the mailbox belongs to. */
export interface About {
  /** Undefined when events were sent instead. */
  scenario: Pick<Scenario, 'title' | 'story'> | undefined;
  statusPage: string | null;
  outputs: Outputs;
}

/** Virtual minutes that pass at the press of a button. */
const PASSING = 10;

/** Every message as its recipient sees it, with links that work. */
export function mailbox(world: RehearsalWorld, about: About, visits: Visits, lead: Lead): Answer {
  const routes: Record<string, (asked: Asked) => Answered | Promise<Answered>> = {
    'GET /': () => page('index', overview(world, about)),
    'GET /messages': ({ query }) => messages(world, query.get('to'), lead),
    'POST /time': async () => {
      await visits.pass(PASSING);
      return { status: 303, headers: { location: '/' }, body: '' };
    },
  };
  return async asked => routes[`${asked.method} ${asked.path}`]?.(asked) ?? text(404, 'There is no such page.');
}

const EVENTS = {
  title: 'Events sent through the synthesised rules',
  story: 'The service was well when they were sent.',
};

const overview = (world: RehearsalWorld, { scenario: { title, story } = EVENTS, statusPage, outputs }: About) => ({
  title,
  story,
  statusPage,
  outputs: Object.values(outputs),
  time: toSecond(world.clock.iso),
  minutesAfter: MINUTES_AFTER,
  passing: PASSING,
  incidents: [...world.incidents.values()].map(({ id, severity, status, timeline }) => ({
    ...{ id, severity, status, title: timeline[0]?.['title'] ?? '' },
  })),
  recipients: recipients(mails(world)),
});

/** Describes the channel where the recipient's name is not enough. */
const WAYS: Record<string, (mail: Mail) => string> = {
  email: ({ to }) => `e-mail to ${to}`,
  sms: ({ to, recipient, body }) =>
    `SMS to ${to}${recipient === to ? '' : `, ${recipient}`} · ${body.length} characters`,
  slack: ({ edited }) => (edited ? 'Slack · edited since, as it reads now' : 'Slack'),
};

function messages(world: RehearsalWorld, to: string | null, lead: Lead): Answered {
  const all = mails(world);
  const shown = all.filter(({ recipient }) => to === null || recipient === to);
  if (to !== null && shown.length === 0) return text(404, 'Nobody of that name was sent anything.');
  return page('messages', {
    title: to === null ? 'All messages' : `Messages to ${to}`,
    to,
    total: all.length,
    recipients: recipients(all),
    messages: shown.map(mail => ({
      ...mail,
      time: toSecond(mail.at),
      short: mail.channel === 'sms' || mail.channel === 'slack',
      way: WAYS[mail.channel]?.(mail) ?? mail.recipient,
      parts: (mail.channel === 'slack' ? partsOfMarkup : partsOf)(mail.body, lead),
    })),
  });
}

/** Everybody who was sent anything, in the order of their first message. */
function recipients(all: Mail[]) {
  const counted = Map.groupBy(all, ({ recipient }) => recipient);
  return [...counted].map(([name, sent]) => ({
    name,
    count: sent.length,
    link: `/messages?to=${encodeURIComponent(name)}`,
  }));
}

const toSecond = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;

/** A message in the mailbox. */
interface Mail {
  number: number;
  channel: string;
  /** A person by the name of the configuration, a conversation, or an address that the configuration does not know. */
  recipient: string;
  to: string;
  subject: string;
  at: string;
  body: string;
  edited: boolean;
}

const CONVERSATIONS: Record<string, string> = { slack: 'Slack', pagerduty: 'PagerDuty' };

/** Every message that was sent so far, the newest last. */
function mails(world: RehearsalWorld): Mail[] {
  const people = namesByAddress(world.account);
  const sent = world.received.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return sent.map(({ channel, to, subject, at, body, edited = false }, index) => ({
    ...{ number: index + 1, channel, to, subject, at, body, edited },
    recipient: CONVERSATIONS[channel] ?? people.get(to) ?? to,
  }));
}

const liquid = new Liquid({
  root: import.meta.dirname,
  cache: true,
  outputEscape: value => htmlText(String(value ?? '')),
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
});

/** A page of the mailbox, written by the template of that name beside this file. All that is put in is escaped. */
const page = (name: string, data: object, status = 200): Answered => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    // Messages sent meanwhile must show when somebody comes back.
    'cache-control': 'no-store',
  },
  body: liquid.renderFileSync(`${name}.html.liquid`, data),
});
