export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const NO_STORE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** A page without scripts; the headers forbid framing, indexing, caching and referrers. */
export const page = (statusCode: number, body: string): HttpResponse => ({
  statusCode,
  headers: {
    ...NO_STORE,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'strict-transport-security': 'max-age=63072000',
  },
  body,
});

/** A text as a file: an invitation (`.ics`) is downloaded for the calendar, any other file is shown as plain text. */
export const file = (name: string, body: string): HttpResponse => ({
  statusCode: 200,
  headers: {
    ...NO_STORE,
    'content-type': `${name.endsWith('.ics') ? 'text/calendar' : 'text/plain'}; charset=utf-8`,
    'content-disposition': `${name.endsWith('.ics') ? 'attachment' : 'inline'}; filename="${name}"`,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'strict-transport-security': 'max-age=63072000',
  },
  body,
});

export const json = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  headers: { ...NO_STORE, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
