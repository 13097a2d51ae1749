/** How soon an action item matters. */
export type Priority = 'high' | 'medium' | 'low';

/** What a person may say of an action item. */
export interface Assignment {
  owner?: string | undefined;
  priority?: Priority | undefined;
  dueAt?: string | undefined;
}

/** The draft of a post-mortem, and who is to make what of it, by the names of the configuration. */
export interface Draft {
  /** Where people of the account read it. */
  url: string;
  /** Who is to write it: whoever was in command. Absent, one of the reviewers. */
  author?: string | undefined;
  /** Absent, there is nobody to meet. */
  meeting?: Meeting | undefined;
}

/** When and with whom an incident is reviewed. */
export interface Meeting {
  at: string;
  /** Of the people on call. */
  timeZone: string;
  /** Whoever calls the meeting comes first. */
  attendees: readonly string[];
  /** Who may come. */
  guests: readonly string[];
}

/** What the metrics tell of an incident that is over. Times are those of minutes, or of longer periods of a long incident. */
export interface MeasuredOutage {
  /** From the first period in which people were harmed to the end of the last; absent, in none. */
  from?: string;
  to?: string;
  /** They still were when it was resolved. */
  open?: boolean;
  /** The period in which the largest share failed, and of what. */
  worst?: { at: string; share: number; of: 'requests' | 'health URLs' };
  /** The period in which an answer took longest, on average. */
  slowest?: { at: string; seconds: number };
  /** Why nobody can tell. */
  unknown?: string;
}

/** What only people know, in their words. */
export interface Review {
  /** One paragraph. */
  summary: string;
  rootCause: string;
  lessons: string;
  /** "none", or how many records are lost. */
  dataImpact: string;
  /** What customers read of it, if they were told of the incident. */
  customers?: string | undefined;
}
