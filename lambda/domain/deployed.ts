import type { Resources } from './diagnosis/resources.ts';
import type { Policy } from './incident/policy.ts';
import type { Criterion } from './kernel/severity.ts';
import type { Roster } from './on-call/roster.ts';
import type { TopicSubscribers } from './on-call/subscriptions.ts';
import type { SiteInput } from './status-page/site.ts';

/**
 * The part of the configuration that the functions need. The bundler writes it into them, so that nothing has to be
 * read during an incident.
 */
export interface Deployed {
  service: string;
  region: string;
  /** The policies by playbook. */
  policies: Record<string, Policy>;
  /**
   * The current severity table of the service. Each policy contains a copy for the incidents that are opened under it.
   */
  criteria: readonly Criterion[];
  /**
   * The people who can be called at each level, the first level first. They are not part of the policies, which are
   * frozen into incidents: a call always goes to whoever is on call now.
   */
  rosters: readonly Roster[];
  resources: Resources;
  /** Addresses of people; only in the function that checks the subscriptions. */
  subscribers?: readonly TopicSubscribers[];
  /** The content of the status page; only in the function that writes it. */
  site?: Pick<SiteInput, 'title' | 'url' | 'components' | 'maintenance' | 'subscribeUrl'>;
  /** E-mail addresses by name; only in the function that sends invitations. */
  addresses?: Record<string, string>;
}
