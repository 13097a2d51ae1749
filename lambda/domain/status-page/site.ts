import type { Component } from '../incident/service-policy.ts';
import type { PublicIncident } from './public-incident.ts';

export interface SiteFile {
  /** Below the page's host: `index.html`, `incidents/INC-….html`, `api/v2/summary.json`, `history.atom`, … */
  path: string;
  contentType: string;
  body: string;
}

/** Work on the service, as it is configured. */
export interface Maintenance {
  id: string;
  title: string;
  text: string;
  from: string;
  to: string;
  /** Ids. */
  components: string[];
}

/** When it was seen how the service is. What was not measured is not known, whatever was not heard of. */
export interface MeasuredUptime {
  /**
   * Share of all 1440 minutes of a UTC day, also of today's, that were measured, 0 to 1, by YYYY-MM-DD; a day that is not there
   * was not measured. Every day that is known, not only those that are shown.
   */
  days: Record<string, number>;
  /** The last minute that was. */
  lastAt?: string | undefined;
}

export interface SiteInput {
  /** The service's name. */
  title: string;
  /** `https://HOST`, without a slash at its end. */
  url: string;
  components: readonly Component[];
  maintenance: readonly Maintenance[];
  /** Those that customers are told of, the newest first. */
  incidents: readonly PublicIncident[];
  measured: MeasuredUptime;
  now: string;
  /** Where customers subscribe, on the page's own host: it gets `email`, and `component` once for each. Absent, they cannot. */
  subscribeUrl?: string | undefined;
}
