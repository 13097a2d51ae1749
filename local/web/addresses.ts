import { type Account, SES_HOST } from 'embedded-aws';
import type { Answered } from './loopback.ts';

/** Gives the local address for one in a message or a page; an address outside of the rehearsal stays as it is. */
export type Lead = (url: string) => string;

/** The path that stands for a host here; the path of its URL follows. */
export const publicPath = (host: string) => `/door/${host}`;

/** Hosts of the public endpoints: those of the Function URLs, and SES's, where customers unsubscribe. */
export const publicHosts = (account: Account): string[] => [
  ...account.ofType('AWS::Lambda::Url').map(({ attributes }) => new URL(attributes['FunctionUrl'] ?? '').host),
  SES_HOST,
];

/** Leads public endpoints to their path on whichever server shows the link, and the status page to its own server. */
export function leading(account: Account, statusPage: { hosts: string[]; origin: string } | undefined): Lead {
  const places = new Map([
    ...publicHosts(account).map(host => [host, publicPath(host)] as const),
    ...(statusPage?.hosts ?? []).map(host => [host, statusPage?.origin ?? ''] as const),
  ]);
  return url => {
    const [, host = '', rest = ''] = /^https:\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
    const place = places.get(host);
    return place === undefined ? url : place + (rest || '/');
  };
}

/** An answer of the account's with everything that leads into the account led here. */
export function led({ status, headers, body }: Answered, lead: Lead): Answered {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { location, 'content-security-policy': policy, 'content-type': type = '' } = lower;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return {
    status,
    headers: {
      ...lower,
      ...(location ? { location: lead(location) } : {}),
      ...(policy ? { 'content-security-policy': ledPolicy(policy, lead) } : {}),
    },
    body: type.startsWith('text/html') ? ledPage(text, lead) : body,
  };
}

const ledPage = (html: string, lead: Lead) =>
  html.replace(/\b(href|action|src)="([^"]+)"/g, (_, attribute, url) => `${attribute}="${lead(url)}"`);

/** A source whose host is led here becomes this server. */
const ledPolicy = (policy: string, lead: Lead) =>
  policy.replace(/https:\/\/[^\s;,]+/g, source => (lead(source) === source ? source : "'self'"));
