import type { World } from '../world.ts';
import { doorHosts, doorPath, type Lead, led } from './addresses.ts';
import type { Answer, Answered } from './loopback.ts';
import type { Visits } from './visits.ts';

/** The doors of the rehearsed account: the bundled functions themselves answer. Undefined where there is no door. */
export const doors =
  ({ account, functions }: World, visits: Visits, lead: Lead): Answer<Answered | undefined> =>
  async ({ method, path, search, contentType, body }) => {
    const host = doorHosts(account).find(known => path.startsWith(`${doorPath(known)}/`));
    if (!host) return undefined;
    const url = `https://${host}${path.slice(doorPath(host).length)}${search}`;
    const headers = { 'content-type': contentType };
    const answer = await visits.make(method, () => functions.request(url, { method, headers, body }));
    return led({ ...answer, status: answer.statusCode }, lead);
  };
