import type { Component } from '../incident/service-policy.ts';
import type { PublicIncident } from './public-incident.ts';

export interface SiteFile {
  /** Path below the page's host: `index.html`, `incidents/INC-….html`, `api/v2/summary.json`, `history.atom`, … */
  path: string;
  contentType: string;
  body: string;
}

/** A maintenance, as it is configured. */
export interface Maintenance {
  id: string;
  title: string;
  text: string;
  from: string;
  to: string;
  /** Ids of the components. */
  components: string[];
}

/** The times at which the probe measured the service. Time that was not measured counts as unknown, not as up. */
export interface MeasuredUptime {
  /**
   * Share of the 1440 minutes of a UTC day, also of today, that were measured, 0 to 1, by YYYY-MM-DD. A day that is absent was
   * not measured. Contains every known day, not only those that the page shows.
   */
  days: Record<string, number>;
  /** The last measured minute. */
  lastAt?: string | undefined;
}

export interface SiteInput {
  /** The service's name. */
  title: string;
  /** `https://HOST`, without a slash at its end. */
  url: string;
  components: readonly Component[];
  maintenance: readonly Maintenance[];
  /** The published incidents, the newest first. */
  incidents: readonly PublicIncident[];
  measured: MeasuredUptime;
  now: string;
  /** The incidents cannot be read now, and were read last at this time. */
  unreadSince?: string | undefined;
  /**
   * The target of the subscription form, on the page's own host: it gets `email`, and `component` once for each. Absent when
   * there are no subscriptions.
   */
  subscribeUrl?: string | undefined;
}
