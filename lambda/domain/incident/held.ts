import { type Incident, isHeldBack, isOpen } from './incident.ts';

/** The fields that are reset when a drill, or what maintenance held, becomes real: nothing that people said or did before counts. */
export const REAL_RESET = {
  drill: false,
  held: undefined,
  declared: {},
  overruled: undefined,
  declarations: [],
  workaround: undefined,
  acknowledged: undefined,
  firstAcknowledgedAt: undefined,
  answers: [],
  approval: undefined,
  answered: undefined,
  rounds: 0,
  handedOver: undefined,
  resolution: undefined,
  mitigatedAt: undefined,
  clearedAt: undefined,
  told: {},
} satisfies Partial<Incident>;

/** True if the incident left a signal behind that maintenance held back: nobody has been told of it. */
export const leftToMaintenance = (incident: Incident, key: string): boolean =>
  !isOpen(incident) && !incident.held && isHeldBack(incident.signals[key]);
