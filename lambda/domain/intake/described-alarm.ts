import type { AlarmState } from '../incident/signal.ts';
import type { JudgedAlarm } from './alarm-words.ts';

/** An alarm as CloudWatch describes it. */
export interface DescribedAlarm extends Omit<JudgedAlarm, 'state' | 'reason' | 'level'> {
  state?: AlarmState | undefined;
  reason?: string | undefined;
  /** When its state last changed, in ISO 8601 and UTC. */
  since?: string | undefined;
  /** Why a composite alarm takes no actions. */
  suppressed?: string | undefined;
}
