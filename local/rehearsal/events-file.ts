import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** The file is not there, not JSON, or not EventBridge events; the message says which and where. */
export class EventsUnreadable extends Error {}

const text = v.pipe(v.string('a text'), v.minLength(1, 'a text'));
const Event = v.looseObject(
  {
    source: text,
    'detail-type': text,
    detail: v.record(v.string(), v.unknown(), 'an object'),
    id: v.optional(text),
    time: v.optional(v.pipe(v.string(), v.isoTimestamp('an ISO 8601 time'))),
    resources: v.optional(v.array(v.string())),
  },
  'a JSON object',
);

/** Reads one EventBridge event, or a JSON array of them. @throws EventsUnreadable */
export async function readEvents(file: string): Promise<Record<string, unknown>[]> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new EventsUnreadable(`${file} cannot be read (${error.code})`);
  });
  const events = [parse(file, content)].flat();
  if (events.length === 0) throw new EventsUnreadable(`${file} holds no event`);
  return events.map((event, index) => check(event, events.length > 1 ? `${file}, event ${index}` : file));
}

function parse(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new EventsUnreadable(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function check(event: unknown, where: string): Record<string, unknown> {
  const result = v.safeParse(Event, event);
  if (result.success) return result.output;
  const faults = result.issues.map(issue => {
    const found =
      issue.input === undefined ? 'missing' : `${JSON.stringify(issue.input)?.slice(0, 80)}, expected ${issue.message}`;
    return `${v.getDotPath(issue) ?? 'it'} is ${found}`;
  });
  throw new EventsUnreadable(`${where} is not an EventBridge event: ${faults.join('; ')}`);
}
