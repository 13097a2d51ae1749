/** The source of a person's command. */
export type Source = 'link' | 'slack' | 'pagerduty' | 'opsgenie' | 'command line';

/** Who acted, and from which source. */
export interface Person {
  by: string;
  via?: Source | undefined;
}
