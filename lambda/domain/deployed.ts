import type { Bounds, WatchedCertificate } from './certificate.ts';
import type { Roster } from './on-call.ts';
import type { Policy } from './policy.ts';
import type { Criterion } from './severity.ts';
import type { SiteInput } from './status-page/site.ts';
import type { TopicSubscribers } from './subscriptions.ts';

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

/** The protected service's parts, as the diagnosis asks for them. */
export interface Resources {
  /** What each answers must contain `contains`, where that is given. */
  healthUrls: { url: string; contains?: string | undefined }[];
  cluster: string;
  ecsService: string;
  /** `app/NAME/ID`, as the load balancer's metrics name it. */
  loadBalancer: string;
  /** Requests of the last minutes below which nobody can tell what share of them fails. */
  minimumRequests: number;
  /** Where its tasks log. */
  logGroup: string;
  database: { cluster: string; maxConnections: number };
  /** The instances of the database cluster that may become its writer, where somebody may make them that. */
  databaseInstances?: readonly string[];
  /** The cache, if the service has one that is watched. */
  redis?: { replicationGroup: string; nodes: string[]; serviceSecurityGroups: string[]; port: number };
  /** What may be done about the memory of its tasks; absent, nobody watches it. */
  memory?: {
    /** Per cent at which it counts as high. */
    high: number;
    /** The container whose heap is dumped, if it is known how. */
    heapDump?: string | undefined;
    /** Whether the roles of the task are known, without which no larger one can be registered. */
    raisable: boolean;
  };
  /** The certificates that are watched, in the order in which runbooks count them. */
  certificates?: Bounds & { watched: WatchedCertificate[] };
}
