import type { Policy } from './policy.ts';

/** What of the configuration the functions need; the bundler writes it into them, so that nothing has to be read at three in the morning. */
export interface Deployed {
  service: string;
  region: string;
  /** By playbook. */
  policies: Record<string, Policy>;
  resources: Resources;
}

/** The protected service's parts, as the diagnosis asks for them. */
export interface Resources {
  /** What each answers must contain `contains`, where that is given. */
  healthUrls: { url: string; contains?: string | undefined }[];
  cluster: string;
  ecsService: string;
  /** `app/NAME/ID`, as the load balancer's metrics name it. */
  loadBalancer: string;
  /** Where its tasks log. */
  logGroup: string;
  database: { cluster: string; maxConnections: number };
}
