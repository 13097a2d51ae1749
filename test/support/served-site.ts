import { createServer } from 'node:http';
import { SECURITY_HEADERS } from '../../lambda/domain/status-page/headers.ts';
import type { SiteFile } from '../../lambda/domain/status-page/site.ts';
import { close, listen, urlOf } from './loopback.ts';

export interface Served {
  url: string;
  /** What was asked for that is not there. */
  missed: string[];
  /** What was posted, by path. */
  posted: { path: string; form: URLSearchParams }[];
  close: () => Promise<void>;
}

/** A status page on loopback, as it is served: the files by their paths, `/` is the first page, each with the real headers. */
export async function serve(files: SiteFile[]): Promise<Served> {
  const missed: string[] = [];
  const posted: Served['posted'] = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    if (request.method === 'POST') {
      posted.push({ path, form: new URLSearchParams(await new Response(request as never).text()) });
      response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/html' }).end('<title>Thank you</title>');
      return;
    }
    const file = files.find(each => each.path === (path === '/' ? 'index.html' : path.slice(1)));
    if (!file) missed.push(path);
    const { contentType = 'text/html; charset=utf-8', body = '<title>Not found</title>' } = file ?? {};
    response.writeHead(file ? 200 : 404, { ...SECURITY_HEADERS, 'content-type': contentType }).end(body);
  });
  await listen(server);
  return {
    url: urlOf(server),
    missed,
    posted,
    close: () => close(server),
  };
}
