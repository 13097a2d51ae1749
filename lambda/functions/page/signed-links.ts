import { type PersonalLink, personalLinks } from '../../adapters/links.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds for KMS to sign the links of a message: without them it says how to answer from a terminal. */
const SECONDS = 3;

/** Signs links for one person after the other. Once KMS has not answered in time, nobody waits for it any more. */
export function linkSigner(incident: Incident): (event: IncidentEvent, person: string) => Promise<PersonalLink[]> {
  let isSilent = false;
  return async (event, person) => {
    if (isSilent) return [];
    try {
      return await inTime(SECONDS, personalLinks(incident, event, person));
    } catch (error) {
      isSilent = true;
      console.error({ message: `no links in the messages: ${(error as Error).message}`, incident: incident.id });
      return [];
    }
  };
}
