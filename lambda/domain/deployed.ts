import type { Resources } from './diagnosis/resources.ts';
import type { Policy } from './incident/policy.ts';
import type { Criterion } from './kernel/severity.ts';
import type { Roster } from './on-call/roster.ts';
import type { TopicSubscribers } from './on-call/subscriptions.ts';
import type { SiteInput } from './status-page/site.ts';

/** What of the configuration the functions need; the bundler writes it into them, so that nothing has to be read at three in the morning. */
export interface Deployed {
  service: string;
  region: string;
  /** By playbook. */
  policies: Record<string, Policy>;
  /** The severity table that the service is judged by now; each policy holds it too, for the incidents opened under it. */
  criteria: readonly Criterion[];
  /**
   * Who can be called at each level, the first level first. Not part of the policies, which an incident keeps as they were:
   * whoever is on call by now is called.
   */
  rosters: readonly Roster[];
  resources: Resources;
  /** Addresses of people: in the one function that looks for them. */
  subscribers?: readonly TopicSubscribers[];
  /** What customers see: in the one function that writes it. */
  site?: Pick<SiteInput, 'title' | 'url' | 'components' | 'maintenance' | 'subscribeUrl'>;
  /** E-mail addresses of people by name: in the one function that invites them. */
  addresses?: Record<string, string>;
}
