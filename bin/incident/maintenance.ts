import { type Command, InvalidArgumentError } from 'commander';
import type { Maintenance } from '../../lambda/domain/incident/maintenance.ts';
import { dateTime } from '../../lambda/domain/kernel/time.ts';
import type { CommandAnswer } from '../../lambda/inbound/command-request.ts';
import type { Tools } from './review.ts';
import { table } from './table.ts';

const HELP = `
  npx incident maintenance start 2h "database upgrade"
  npx incident maintenance end
  npx incident maintenance

During maintenance automation changes nothing, nobody is paged and no outage is published for what the window covers; alarms are
recorded. An alarm that is still red at the end opens an incident.
`;

/** Adds the commands about maintenance: of the whole service, by a person. */
export function addMaintenance(program: Command, { send, print }: Tools): void {
  const maintenance = program
    .command('maintenance')
    .description('List maintenance in force; start or end a window')
    .addHelpText('after', HELP)
    .action(async () => {
      const answer = await send({ do: 'maintenance' });
      print(answer, inForce(answer));
    });

  maintenance
    .command('start')
    .description('Start a maintenance window for the whole service; it replaces an open one')
    .argument('<length>', 'e.g. 2h, 90m or 1h30m; at most a day', minutes)
    .argument('<reason...>', 'what is being done')
    .option('--longer-than-a-day', 'allow a window of more than a day')
    .action(async (length: number, reason: string[], { longerThanADay: long }: { longerThanADay?: boolean }) => {
      const window = { minutes: length, reason: reason.join(' '), ...(long ? { long } : {}) };
      const answer = await send({ do: 'start maintenance', ...window });
      print(answer, inForce(answer));
    });

  maintenance
    .command('end')
    .description('End the window: alarms that are still red open an incident within a minute')
    .action(async () => {
      const answer = await send({ do: 'end maintenance' });
      print(answer, `The window has ended. ${inForce(answer)}`);
    });
}

function inForce({ maintenance = [], unreadable = [] }: CommandAnswer): string {
  const rows = maintenance.map(({ source, scope, until, reason }) => [
    ...[source, scopeWords(scope), until ? dateTime(until) : 'not known'],
    reason,
  ]);
  const known = rows.length === 0 ? 'No maintenance is in force.' : table(rows, [14, 32, 22], HEADER);
  return [known, ...unreadable.map(reason => `Not shown: ${reason}.`)].join('\n');
}

const HEADER = ['source', 'scope', 'until', 'reason'];

function scopeWords(scope: Maintenance['scope']): string {
  if (scope === 'service') return 'the whole service';
  return 'alarms' in scope ? scope.alarms.join(', ') : `components ${scope.components.join(', ')}`;
}

const UNITS = { d: 24 * 60, h: 60, m: 1 } as const;

/** Minutes of a length such as 1h30m. */
function minutes(text: string): number {
  const parts = [...text.matchAll(/(\d{1,4})([dhm])/g)];
  const length = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
  if (length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new InvalidArgumentError('Expected a length, e.g. 2h, 90m or 1h30m.');
  return length;
}
