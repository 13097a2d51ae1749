/** How soon an action item matters. */
export type Priority = 'high' | 'medium' | 'low';

/** The fields of an action item that a person may set. */
export interface Assignment {
  owner?: string | undefined;
  priority?: Priority | undefined;
  dueAt?: string | undefined;
}

/** The draft of a post-mortem with its author and meeting. People are named as in the configuration. */
export interface Draft {
  /** The link for people who have access to the account. */
  url: string;
  /** The person who is to write it: whoever was in command. Absent, one of the reviewers writes it. */
  author?: string | undefined;
  /** Absent if there is nobody to meet. */
  meeting?: Meeting | undefined;
}

/** When and with whom an incident is reviewed. */
export interface Meeting {
  at: string;
  /** The time zone of the people on call. */
  timeZone: string;
  /** The first attendee calls the meeting. */
  attendees: readonly string[];
  /** Optional attendees. */
  guests: readonly string[];
}

/**
 * The outage as the metrics show it, once the incident is over. Times are beginnings of minutes, or of longer periods
 * for a long incident.
 */
export interface MeasuredOutage {
  /** From the first period in which people were harmed to the end of the last; absent if there was none. */
  from?: string | undefined;
  to?: string | undefined;
  /** People were still harmed when the incident was resolved. */
  open?: boolean | undefined;
  /** The period in which the largest share failed, and of what. */
  worst?: { at: string; share: number; of: 'requests' | 'health URLs' } | undefined;
  /** The period in which answers took longest on average. */
  slowest?: { at: string; seconds: number } | undefined;
  /** Why the outage could not be measured. */
  unknown?: string | undefined;
}

/** The findings of the review, in people's words. */
export interface Review {
  /** One paragraph. */
  summary: string;
  rootCause: string;
  lessons: string;
  /** "none", or how many records were lost. */
  dataImpact: string;
  /** The text for customers, if the incident was published. */
  customers?: string | undefined;
}
