import type { Bounds, WatchedCertificate } from './certificate.ts';

/** The resources of the protected service that the diagnosis reads. */
export interface Resources {
  /** Each answer must contain `contains`, if it is given. */
  healthUrls: { url: string; contains?: string | undefined }[];
  cluster: string;
  ecsService: string;
  /** `app/NAME/ID`, as in the load balancer's metrics. */
  loadBalancer: string;
  /** Requests in the last minutes that are necessary to judge the share that fails. */
  minimumRequests: number;
  /** The log group of the tasks. */
  logGroup: string;
  database: { cluster: string; maxConnections: number };
  /** The database instances that may become the writer, where the responder may fail over. */
  databaseInstances?: readonly string[];
  /** The cache, if the service has one that is watched. */
  redis?: { replicationGroup: string; nodes: string[]; serviceSecurityGroups: string[]; port: number };
  /** The settings for the memory of the tasks; absent, it is not watched. */
  memory?: {
    /** Per cent at which memory use is high. */
    high: number;
    /** The container whose heap can be dumped; absent, no dump is configured. */
    heapDump?: string | undefined;
    /** The roles of the task are known, which is necessary to register a larger task definition. */
    raisable: boolean;
  };
  /** The watched certificates, in the order in which runbooks number them. */
  certificates?: Bounds & { watched: WatchedCertificate[] };
}
