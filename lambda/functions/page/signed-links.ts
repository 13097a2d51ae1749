import { type PersonalLink, personalLinks } from '../../adapters/links.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds for KMS to sign the links of a message: without them it says how to answer from a terminal. */
const SECONDS = 3;

/** Links for one person; none when KMS does not answer in time. */
export async function signedLinks(incident: Incident, event: IncidentEvent, person: string): Promise<PersonalLink[]> {
  try {
    return await inTime(SECONDS, personalLinks(incident, event, person));
  } catch (error) {
    console.error({ message: `no links in the message: ${(error as Error).message}`, incident: incident.id });
    return [];
  }
}
