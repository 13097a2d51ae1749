import type { AlarmState } from '../incident/signal.ts';

/** An alarm as CloudWatch describes it. */
export interface DescribedAlarm {
  name: string;
  description?: string | undefined;
  state?: AlarmState | undefined;
  reason?: string | undefined;
  /** When its state last changed, in ISO 8601 and UTC. */
  since?: string | undefined;
  /** Why a composite alarm takes no actions. */
  suppressed?: string | undefined;
}
