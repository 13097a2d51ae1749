/** The source of a person's command. */
export type Source = 'link' | 'slack' | 'pagerduty' | 'opsgenie' | 'command line';

/** A person who acted, and the source of the act. */
export interface Person {
  by: string;
  via?: Source | undefined;
}
