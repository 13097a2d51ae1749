import type { RehearsalWorld } from '../world/world.ts';
import { leading } from './addresses.ts';
import { publicEndpoints, siteOf, statusPage } from './endpoints.ts';
import { type Loopback, openLoopback, text } from './loopback.ts';
import { type About, mailbox } from './mailbox.ts';
import { Visits } from './visits.ts';

/** The addresses at which a rehearsal can be looked at. */
export interface Addresses {
  /** Null where the app has none. */
  statusPage: string | null;
  mailbox: string;
}

/** The status page has a server of its own, because its addresses begin at the root. */
export class Servers {
  private readonly ofStatusPage: Loopback;
  private readonly ofMailbox: Loopback;

  private constructor(ofStatusPage: Loopback, ofMailbox: Loopback) {
    this.ofStatusPage = ofStatusPage;
    this.ofMailbox = ofMailbox;
  }

  /** Opens them at a port and the next, or at any two for 0, before there is anything to show. @throws PortUnavailable */
  static async open(port: number): Promise<Servers> {
    const first = await openLoopback(port);
    try {
      return new Servers(first, await openLoopback(port === 0 ? 0 : port + 1));
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  /** From now on they show this world. */
  show(world: RehearsalWorld, about: Omit<About, 'statusPage'>): Addresses {
    const site = siteOf(world);
    const hosts = site ? world.distributions.hosts(site) : [];
    const lead = leading(world.account, { hosts, origin: this.ofStatusPage.origin });
    const visits = new Visits(world);
    const byEndpoint = publicEndpoints(world, visits, lead);
    const addresses = {
      statusPage: site ? `${this.ofStatusPage.origin}/` : null,
      mailbox: `${this.ofMailbox.origin}/`,
    };
    const page = site ? statusPage(world, site, visits, lead) : async () => text(404, 'The app has no status page.');
    this.ofStatusPage.answerBy(async asked => (await byEndpoint(asked)) ?? page(asked));
    const box = mailbox(world, { ...about, statusPage: addresses.statusPage }, visits, lead);
    this.ofMailbox.answerBy(async asked => (await byEndpoint(asked)) ?? box(asked));
    return addresses;
  }

  async close(): Promise<void> {
    await Promise.all([this.ofStatusPage.close(), this.ofMailbox.close()]);
  }
}
