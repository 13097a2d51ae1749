import { createServer, type Server } from 'node:http';
import { expect } from 'vitest';
import type { HttpResponse } from '../../lambda/runtime/http-response.ts';
import { close, listen, urlOf } from './loopback.ts';

type Handler = (event: never, context: never) => Promise<HttpResponse>;

/** What a Function URL makes of a request: payload format 2.0, as AWS documents it. */
export const urlEvent = (method: string, rawPath: string, body = '', headers: Record<string, string> = {}) => ({
  version: '2.0',
  rawPath,
  rawQueryString: '',
  headers,
  requestContext: { http: { method, path: rawPath } },
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
});

/** Gives the page back if no other page may frame it, and nobody learns of its address, which holds a signed link. @throws otherwise */
export function guarded(response: HttpResponse): HttpResponse {
  const { headers, statusCode } = response;
  expect(headers['content-security-policy'], `the page of ${statusCode}`).toContain("frame-ancestors 'none'");
  expect(headers['referrer-policy'], `the page of ${statusCode}`).toBe('no-referrer');
  return response;
}

/** A Function URL on loopback: a real HTTP server in front of the handler. */
export async function openDoor(
  handler: Handler,
): Promise<{ url: string; requests: string[]; close: () => Promise<void> }> {
  const requests: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await new Response(request as never).text();
    requests.push(`${request.method} ${request.url}`);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await handler(
      urlEvent(request.method ?? '', request.url ?? '', body, headers) as never,
      {} as never,
    );
    response.writeHead(answer.statusCode, answer.headers).end(request.method === 'HEAD' ? undefined : answer.body);
  });
  await listen(server);
  return {
    url: `${urlOf(server)}/`,
    requests,
    close: () => close(server),
  };
}
