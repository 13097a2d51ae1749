import { outages } from '../obstacles.ts';
import { entriesOf, MINUTE, millis, minuteOf, type Property } from './property.ts';

export const ONLY_GROW: Property = {
  name: 'what was committed is never changed',
  violations: ({ rewritten }) => [...new Set(rewritten)].map(key => `${key} was written over`),
};

/** Minutes for which the telling itself is tried again, while what it needs is away. */
const TOLD_WITHIN = 25;

export const CRASHES_TOLD: Property = {
  name: 'a response that crashes hands over to a person at once',
  violations: chronicle =>
    chronicle.crashes
      .filter(({ at, error }) => error !== 'ResponseFailed' && !wasHindered(chronicle, millis(at), TOLD_WITHIN))
      .map(({ at, name, error }) => `${name} at ${minuteOf(chronicle, at)}: ${error}`),
};

const wasHindered = (chronicle: Parameters<typeof outages>[0], at: number, minutes: number) =>
  outages(chronicle).some(({ from, to }) => from < at && to + minutes * MINUTE > at);

/** A burst that the repetitions of a call outlast. */
const BURST = 3;

export const GOES_ON: Property = {
  name: 'a response neither crashes nor stalls for a few calls that fail',
  violations: chronicle => {
    const { events, faults } = chronicle.plan;
    const isMore = events.some(
      event =>
        event.do === 'away' || (event.do === 'strike' && (event.minutes !== undefined || (event.count ?? 1) > BURST)),
    );
    if (isMore || faults.lost || faults.unheard || faults.broken) return [];
    return entriesOf(chronicle, 'HandedOver')
      .filter(({ entry }) => /automatic response failed|no sign of life/.test(entry['reason']))
      .map(({ incident, entry }) => `${incident.id} at ${minuteOf(chronicle, entry.at)}: ${entry['reason']}`);
  },
};
