import { type TagsByAlarm, taggedAlarms } from '../adapters/alarms.ts';
import { inTime } from '../runtime/in-time.ts';

/** Seconds for the tags. Names alone tell whose the alarms of playbooks are, so these need not wait for longer. */
const SECONDS = 4;

/** The tags of the alarms whose tags name the service; undefined while they cannot be read, which is logged. */
export async function readTagsOfAlarms(service: string): Promise<TagsByAlarm | undefined> {
  try {
    return await inTime(SECONDS, taggedAlarms(service));
  } catch (error) {
    const message = 'the tags of alarms cannot be read: they are known by their names alone';
    console.error({ message, error: (error as Error).name });
    return undefined;
  }
}
