import { alarmsIn } from '../../adapters/alarms.ts';
import { writeParameter } from '../../adapters/parameters.ts';
import { WINDOW_HOURS } from '../../domain/incident/maintenance.ts';
import type { Person } from '../../domain/incident/person.ts';
import { dateTime, duration, plusMinutes } from '../../domain/kernel/time.ts';
import type { CommandAnswer, CommandRequest } from '../../inbound/command-request.ts';
import { inForce, readMaintenance } from '../../readings/maintenance.ts';
import { commit } from '../../runtime/command-handler.ts';
import { findKey } from '../../store/incident-index.ts';

/** The maintenance in force. A composite alarm's suppression counts while it holds something back. */
export async function listMaintenance(): Promise<CommandAnswer> {
  const read = await readMaintenance(await alarmsIn('ALARM'));
  return { maintenance: inForce(read), ...(read.unread.length === 0 ? {} : { unreadable: [...read.unread] }) };
}

/** Opens a window of the service in place of the one that is open, if any. The parameter tells who did, until when and why. */
export async function startMaintenance({
  minutes,
  reason,
  long,
  ...caller
}: Extract<CommandRequest, { do: 'start maintenance' }>): Promise<CommandAnswer> {
  const { by } = caller;
  if (minutes > WINDOW_HOURS * 60 && !long)
    return {
      refused: `${duration(minutes)} of nobody being woken is longer than a day: if it is meant, say so (--longer-than-a-day)`,
    };
  const until = plusMinutes(new Date().toISOString(), minutes);
  await writeParameter(parameter(), `${until} ${reason} (${by})`);
  console.info({ message: 'maintenance window opened', by, until, reason });
  return (await recorded(caller, `maintenance until ${dateTime(until)}: ${reason}`)) ?? listMaintenance();
}

/** Ends the window that a person has opened. Announcements and mute rules end where they were made. */
export async function endMaintenance(
  caller: Extract<CommandRequest, { do: 'end maintenance' }>,
): Promise<CommandAnswer> {
  const { by } = caller;
  const before = inForce(await readMaintenance([]));
  const window = before.find(({ source }) => source === 'person');
  if (!window) {
    const others = before.map(
      ({ source, reason, until }) => `${source}: ${reason}${until ? ` until ${dateTime(until)}` : ''}`,
    );
    return { refused: ['no window is open', ...others].join('; in force is ') };
  }
  await writeParameter(parameter(), 'none');
  console.info({ message: 'maintenance window ended', by, reason: window.reason });
  return (await recorded(caller, `maintenance has ended: ${window.reason}`)) ?? listMaintenance();
}

/** A person who comes by an incident's page leaves a note there, by whose id the link is known to be used. */
async function recorded(
  { incident: id, by, via, requestId }: Person & { incident?: string | undefined; requestId: string },
  text: string,
): Promise<CommandAnswer | undefined> {
  const key = id === undefined ? undefined : await findKey(id);
  if (!key) return undefined;
  return { incident: (await commit(key, { type: 'note', id: `person/${requestId}`, by, via, text })).incident };
}

const parameter = () => process.env['MAINTENANCE_PARAMETER'] ?? '';
