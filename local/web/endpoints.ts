import type { RehearsalWorld } from '../world/world.ts';
import { type Lead, led, publicHosts, publicPath } from './addresses.ts';
import type { Answer, Answered } from './loopback.ts';
import type { Visits } from './visits.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** The account's public endpoints: the bundled functions themselves answer, and SES. Undefined for any other path. */
export const publicEndpoints =
  ({ account, functions, mail }: RehearsalWorld, visits: Visits, lead: Lead): Answer<Answered | undefined> =>
  async ({ method, path, search, contentType, body }) => {
    const host = publicHosts(account).find(known => path.startsWith(`${publicPath(known)}/`));
    if (!host) return undefined;
    const url = `https://${host}${path.slice(publicPath(host).length)}${search}`;
    const headers = { 'content-type': contentType };
    const answer = await visits.make(method, async () => {
      if (mail.knows(url)) return { statusCode: 200, headers: HTML, body: mail.request(url, method) };
      return functions.request(url, { method, headers, body });
    });
    return led({ ...answer, status: answer.statusCode }, lead);
  };

/** The construct that the status page's resources are below. */
const CONSTRUCT = 'StatusPage';

/** The distribution of the status page; undefined where none is configured. */
export const siteOf = ({ distributions }: RehearsalWorld) => distributions.below(CONSTRUCT);

/** Serves customers the status page as CloudFront does by the template. */
export const statusPage =
  (world: RehearsalWorld, site: NonNullable<ReturnType<typeof siteOf>>, visits: Visits, lead: Lead): Answer =>
  async ({ contentType, ...asked }) => {
    const request = { ...asked, headers: { 'content-type': contentType } };
    return led(await visits.make(asked.method, () => world.distributions.answer(site, request)), lead);
  };
