import { startResponse } from '../../adapters/step-functions.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds for Step Functions: the watch asks again in a later minute, and has other incidents. */
const SECONDS = 4;

export const start = (incident: Incident): Promise<void> => inTime(SECONDS, startResponse(incident));
