import * as v from 'valibot';
import { load } from '../adapters/incidents.ts';
import { tellRefused } from '../adapters/refusals.ts';
import { Refused } from '../adapters/send.ts';
import type { TimelineEntry } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { entrypoint } from './entrypoint.ts';

/** An event of the incident bus, also one that was refused and is tried again. */
const Told = v.object({
  detail: v.looseObject({
    incident: v.looseObject({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.looseObject({ seq: v.number() }),
  }),
});

/** What a queue hands over. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Told) })) });

/**
 * A channel: tells another system of entries, one at a time, in their order. What fails stays in the queue and is tried
 * again, for hours; what is refused for good becomes a dead letter at once and holds up nothing behind it.
 */
export const channel = (name: string, tell: (incident: Incident, entry: TimelineEntry) => Promise<object>) =>
  entrypoint(Queued, async ({ Records }) => {
    for (const { body } of Records) {
      const { slot, number, id } = body.detail.incident;
      const incident = await load({ slot, number });
      const entry = incident?.timeline[body.detail.entry.seq];
      if (!incident || !entry) throw new Error(`${id} has no entry ${body.detail.entry.seq} to tell of`);
      try {
        console.info({
          message: 'told',
          channel: name,
          incident: id,
          entry: entry.type,
          ...(await tell(incident, entry)),
        });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        console.error({
          message: `refused for good: ${error.message}`,
          channel: name,
          incident: id,
          entry: entry.type,
        });
        await tellRefused(name, body.detail, error.message);
      }
    }
  });
