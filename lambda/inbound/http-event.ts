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

/** Bytes of the largest body that is read: no vendor and no form of ours sends as much. */
export const MAXIMUM_BYTES = 1024 * 1024;

/** A body that was sent: its bytes, because signatures cover these, and its text. */
export interface Body {
  bytes: Buffer;
  text: string;
}

/** A body that nobody reads, with the status that says so. */
export interface UnreadableBody {
  status: 400 | 413;
  error: string;
}

export function readBody({ body, isBase64Encoded }: HttpEvent): Body | UnreadableBody {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAXIMUM_BYTES) return { status: 413, error: `more than ${MAXIMUM_BYTES} bytes` };
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { status: 400, error: 'no UTF-8' };
  }
}
