/** The door through which a person acted. */
export type Source = 'link' | 'slack' | 'pagerduty' | 'opsgenie' | 'command line';

/** Who acted, and from where. */
export interface Person {
  by: string;
  via?: Source;
}
