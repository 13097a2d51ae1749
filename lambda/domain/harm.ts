import { holds } from './evidence.ts';
import type { Incident } from './incident.ts';

/** People suffer, as measured, or a person said that they do. An alarm alone says nothing of people. */
export const isHarmed = ({ policy, facts, declared }: Pick<Incident, 'policy' | 'facts' | 'declared'>): boolean =>
  Object.keys(declared).length > 0 || policy.harm.some(bound => holds(bound, facts));
