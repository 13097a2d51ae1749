import { type Account, SES_HOST } from 'embedded-aws';
import type { Answered } from './loopback.ts';

/** Where an address in a message or a page leads here; what is not rehearsed leads where it always does. */
export type Lead = (url: string) => string;

/** Paths below which a door is: what its URL has after the host comes after it. */
export const doorPath = (host: string) => `/door/${host}`;

/** The hosts that people come in by: those of the Function URLs, and SES's, where customers unsubscribe. */
export const doorHosts = (account: Account): string[] => [
  ...account.ofType('AWS::Lambda::Url').map(({ attributes }) => new URL(attributes['FunctionUrl'] ?? '').host),
  SES_HOST,
];

/** Doors lead to their path on whichever server shows the link, the hosts of the status page to its own server. */
export function leading(account: Account, statusPage: { hosts: string[]; origin: string } | undefined): Lead {
  const places = new Map([
    ...doorHosts(account).map(host => [host, doorPath(host)] as const),
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

/** What the policy lets in by a host that is led here is this server. */
const ledPolicy = (policy: string, lead: Lead) =>
  policy.replace(/https:\/\/[^\s;,]+/g, source => (lead(source) === source ? source : "'self'"));
