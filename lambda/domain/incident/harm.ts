import { assessService } from '../kernel/severity.ts';
import type { Incident } from './incident.ts';

type Judged = Pick<Incident, 'policy' | 'facts'>;

/** Nothing that was measured of how people are served is an incident by itself. */
export const isHealthy = ({ policy, facts }: Judged): boolean =>
  assessService(facts, policy.criteria).severity === 'P4';

/** People suffer, as measured. An alarm alone says nothing of people, nor does what somebody declared. */
export const isHarmed = (incident: Judged): boolean => !incident.policy.playbook.ownFacts && !isHealthy(incident);
