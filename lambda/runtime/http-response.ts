export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const NEVER_KEPT = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** A page without scripts, that nobody frames, indexes or keeps, and that tells no other site where it was. */
export const page = (statusCode: number, body: string): HttpResponse => ({
  statusCode,
  headers: {
    ...NEVER_KEPT,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'strict-transport-security': 'max-age=63072000',
  },
  body,
});

/** A text as a file of that name: a calendar opens an invitation, everything else is shown as it is. */
export const file = (name: string, body: string): HttpResponse => ({
  statusCode: 200,
  headers: {
    ...NEVER_KEPT,
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
  headers: { ...NEVER_KEPT, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
