import * as v from 'valibot';

/** The event of a Function URL: payload format 2.0. */
export const HttpEvent = v.object({
  rawPath: v.string(),
  rawQueryString: v.optional(v.string(), ''),
  headers: v.record(v.string(), v.string()),
  body: v.optional(v.string(), ''),
  isBase64Encoded: v.optional(v.boolean(), false),
  requestContext: v.object({ http: v.object({ method: v.string() }) }),
});

export type HttpEvent = v.InferOutput<typeof HttpEvent>;

/** The body exactly as it was sent, because signatures cover its bytes. */
export const rawBody = ({ body, isBase64Encoded }: HttpEvent): string =>
  isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
