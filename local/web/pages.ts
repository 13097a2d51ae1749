import { Liquid } from 'liquidjs';
import type { Answered } from './loopback.ts';

const liquid = new Liquid({
  root: import.meta.dirname,
  cache: true,
  outputEscape: 'escape',
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
});

/** A page of the mailbox, written by the template of that name beside this file. All that is put in is escaped. */
export const page = (name: string, data: object, status = 200): Answered => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    // What is sent meanwhile is there when somebody comes back.
    'cache-control': 'no-store',
  },
  body: liquid.renderFileSync(`${name}.html.liquid`, data),
});
