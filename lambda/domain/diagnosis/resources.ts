import type { Bounds, WatchedCertificate } from './certificate.ts';

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
