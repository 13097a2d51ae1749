import { alarmsIn } from '../../adapters/alarms.ts';
import { writeParameter } from '../../adapters/parameters.ts';
import { WINDOW_HOURS } from '../../domain/incident/maintenance.ts';
import { dateTime, duration, plusMinutes } from '../../domain/kernel/time.ts';
import type { CommandAnswer, CommandRequest } from '../../inbound/command-request.ts';
import { inForce, readMaintenance } from '../../readings/maintenance.ts';

/** The maintenance in force. A composite alarm's suppression counts while it holds something back. */
export async function listMaintenance(): Promise<CommandAnswer> {
  const read = await readMaintenance(await alarmsIn('ALARM'));
  return { maintenance: inForce(read), ...(read.isComplete ? {} : { unreadable: ['mute rules cannot be read'] }) };
}

/** Opens a window of the service in place of the one that is open, if any. The parameter tells who did, until when and why. */
export async function startMaintenance({
  minutes,
  reason,
  long,
  by,
}: Extract<CommandRequest, { do: 'start maintenance' }>): Promise<CommandAnswer> {
  if (minutes > WINDOW_HOURS * 60 && !long)
    return {
      refused: `${duration(minutes)} of nobody being woken is longer than a day: if it is meant, say so (--longer-than-a-day)`,
    };
  const until = plusMinutes(new Date().toISOString(), minutes);
  await writeParameter(parameter(), `${until} ${reason} (${by})`);
  console.info({ message: 'maintenance window opened', by, until, reason });
  return listMaintenance();
}

/** Ends the window that a person has opened. Announcements and mute rules end where they were made. */
export async function endMaintenance({
  by,
}: Extract<CommandRequest, { do: 'end maintenance' }>): Promise<CommandAnswer> {
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
  return listMaintenance();
}

const parameter = () => process.env['MAINTENANCE_PARAMETER'] ?? '';
