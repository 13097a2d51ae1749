import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { complain } from '../terminal/print.ts';

/** A port cannot be listened on; the message says which, and what to do. */
export class PortUnavailable extends Error {}

/** A request of a person's browser. */
export interface Asked {
  method: 'GET' | 'POST';
  path: string;
  query: URLSearchParams;
  /** The query as it came, with its `?`. */
  search: string;
  contentType: string;
  body: string;
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export type Answer<What = Answered> = (asked: Asked) => Promise<What>;

/** A web server that nobody reaches but the browsers of this machine, and that only its own pages may post to. */
export interface Loopback {
  /** E.g. `http://127.0.0.1:4700`. */
  origin: string;
  /** From now on it answers so; before, it says that there is nothing yet. */
  answerBy: (answer: Answer) => void;
  close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const MOST_BYTES = 64 * 1024;

export const text = (status: number, body: string): Answered => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: `${body}\n`,
});

/** Listens on a port; on 0, any that is free. @throws PortUnavailable */
export async function openLoopback(port: number): Promise<Loopback> {
  let answer: Answer = async () => text(503, 'The rehearsal is not over yet: reload in a few seconds.');
  const server = createServer(async (request, response) => {
    const { status, headers, body } = await respond(request, answer);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  });
  await listen(server, port);
  return {
    origin: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    answerBy: next => {
      answer = next;
    },
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(request: IncomingMessage, answer: Answer): Promise<Answered> {
  try {
    const { method = '', url = '', headers, socket } = request;
    const refused = refusal({ ...headers, method }, socket.localPort ?? 0);
    if (refused) return refused;
    const { pathname: path, search, searchParams: query } = new URL(url, `http://${HOST}`);
    const body = await read(request);
    if (body === undefined) return text(413, `A request of more than ${MOST_BYTES} bytes is not read.`);
    const asked = { path, search, query, contentType: headers['content-type'] ?? '', body };
    return await answer({ ...asked, method: method === 'POST' ? 'POST' : 'GET' });
  } catch (error) {
    complain(inspect(error));
    return text(500, `This did not work: ${(error as Error).message}`);
  }
}

interface Sender {
  method: string;
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Why a request is not answered. A page of another site that has its name point to this machine is known by the name; one
 * that posts from elsewhere, by what browsers say of where a request comes from. No page can forge either.
 */
export function refusal(sender: Sender, port: number): Answered | undefined {
  const { method, host = '', origin } = sender;
  if (![`${HOST}:${port}`, `localhost:${port}`].includes(host))
    return text(421, `This is http://${HOST}:${port}/, and answers to no other name.`);
  if (!['GET', 'HEAD', 'POST'].includes(method)) return text(405, 'Only GET, HEAD and POST are answered.');
  const own = origin === `http://${host}` || sender['sec-fetch-site'] === 'same-origin';
  if (method === 'POST' && !own) return text(403, 'Only a page of this address may post to it.');
  return undefined;
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = { EADDRINUSE: 'is taken', EACCES: 'may not be listened on' }[code ?? ''] ?? `gives ${code}`;
      reject(new PortUnavailable(`port ${port} ${why}: choose another by --port, or --port 0 for any that is free`));
    });
    server.listen(port, HOST, resolve);
  });
