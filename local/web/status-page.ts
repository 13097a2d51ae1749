import type { RehearsalWorld } from '../world/world.ts';
import { type Lead, led } from './addresses.ts';
import type { Answer } from './loopback.ts';
import type { Visits } from './visits.ts';

/** The construct that the status page's resources are below. */
const CONSTRUCT = 'StatusPage';

/** The distribution of the status page; undefined where none is configured. */
export const siteOf = ({ distributions }: RehearsalWorld) => distributions.below(CONSTRUCT);

/** What customers see, as CloudFront serves it by the template. */
export const statusPage =
  (world: RehearsalWorld, site: NonNullable<ReturnType<typeof siteOf>>, visits: Visits, lead: Lead): Answer =>
  async ({ contentType, ...asked }) => {
    const request = { ...asked, headers: { 'content-type': contentType } };
    return led(await visits.make(asked.method, () => world.distributions.answer(site, request)), lead);
  };
