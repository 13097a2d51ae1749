/** A command that was applied, and the events that it caused. */
export interface AppliedCommand {
  id: string;
  /** The number of its first event. */
  seq: number;
  /** The number of its events. */
  events: number;
  at: string;
}

/**
 * Commands that are remembered, those of people longest: their messages may come again after hours. Automation decides anew
 * if something is due, and its repetitions come within minutes.
 */
const REMEMBERED = { people: 100, automation: 60 };

const isOfPerson = ({ id }: AppliedCommand) => id.startsWith('person/');

/** Adds an event of a command to the commands that were applied. */
export function withApplied(
  applied: readonly AppliedCommand[],
  { command, seq, at }: { command: string; seq: number; at: string },
): readonly AppliedCommand[] {
  const last = applied.at(-1);
  if (last?.id === command && last.seq + last.events === seq)
    return [...applied.slice(0, -1), { ...last, events: last.events + 1 }];
  const next = { id: command, seq, events: 1, at };
  const alike = applied.filter(other => isOfPerson(other) === isOfPerson(next));
  const limit = isOfPerson(next) ? REMEMBERED.people : REMEMBERED.automation;
  const forgotten = alike.length >= limit ? alike[0] : undefined;
  return [...applied.filter(other => other !== forgotten), next];
}
