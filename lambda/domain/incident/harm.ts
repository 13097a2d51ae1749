import { assessService } from '../kernel/severity.ts';
import { type Incident, playbookOf } from './incident.ts';

type Judged = Pick<Incident, 'policy' | 'facts'>;

/** True if nothing that was measured about how people are served would be an incident by itself. */
export const isHealthy = ({ policy, facts }: Judged): boolean =>
  assessService(facts, policy.criteria).severity === 'P4';

/** True if people were measured to suffer. An alarm alone, or a declaration, says nothing about people. */
export const isHarmed = (incident: Judged & Pick<Incident, 'playbook'>): boolean =>
  !playbookOf(incident).ownFacts && !isHealthy(incident);
