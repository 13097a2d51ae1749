import type { Chronicle } from './chronicle.ts';
import { MINUTE, millis, type Span } from './properties/property.ts';

/** The times in which the kill switch was not on. */
export function switchedOff({ plan, began, ended }: Chronicle): Span[] {
  return spans(
    plan.events.flatMap(event =>
      event.do === 'switch' ? [{ at: millis(began) + event.at * MINUTE, on: event.value !== 'on' }] : [],
    ),
    millis(ended),
  );
}

/** The times in which people kept a window of the whole service open, for certain or perhaps. */
export function windows({ asked, ended }: Chronicle, isCertain = false): Span[] {
  const changes = asked.flatMap(({ do: does, refused, at, minutes }) => {
    // A request that failed may have been carried out all the same.
    if (refused && (isCertain || !String(refused).startsWith('failed'))) return [];
    if (does === 'start maintenance') return [{ at: millis(at), on: true, to: millis(at) + Number(minutes) * MINUTE }];
    return does === 'end maintenance' ? [{ at: millis(at), on: false }] : [];
  });
  return spans(changes, millis(ended));
}

/** The times in which services are away, or in which more of their calls in a row are struck than a client makes again. */
export const outages = (chronicle: Chronicle): Span[] => [...away(chronicle), ...struck(chronicle)];

/** The times in which a service is away, or any. */
export const away = ({ plan, began }: Chronicle, service?: string): Span[] =>
  plan.events.flatMap(event =>
    event.do === 'away' && (service === undefined || event.service === service)
      ? [{ from: millis(began) + event.at * MINUTE, to: millis(began) + (event.at + event.minutes) * MINUTE }]
      : [],
  );

/** Attempts of the SDK. */
const ATTEMPTS = 3;

const struck = ({ strikes }: Chronicle): Span[] =>
  [...Map.groupBy(strikes, ({ call, kind }) => `${call} ${kind}`).values()].flatMap(ofOne => {
    const [first, last] = [ofOne[0], ofOne.at(-1)];
    return ofOne.length > ATTEMPTS && first && last ? [{ from: millis(first.at), to: millis(last.at) }] : [];
  });

/** The times in which people need not hear of what is wrong, or cannot. */
export const silences = (chronicle: Chronicle): Span[] => [
  ...outages(chronicle),
  ...windows(chronicle),
  ...mutes(chronicle),
];

export const mutes = ({ plan, began }: Chronicle): Span[] =>
  plan.events.flatMap(event =>
    event.do === 'mute'
      ? [{ from: millis(began) + event.at * MINUTE, to: millis(began) + (event.at + event.minutes) * MINUTE }]
      : [],
  );

function spans(changes: { at: number; on: boolean; to?: number }[], end: number): Span[] {
  const found: Span[] = [];
  for (const { at, on, to = end } of changes) {
    const last = found.at(-1);
    if (last && last.to > at) last.to = at;
    if (on) found.push({ from: at, to });
  }
  return found;
}

/** The spans, each longer by so many minutes. */
export const widened = (given: readonly Span[], minutes: number): Span[] =>
  given.map(({ from, to }) => ({ from, to: to + minutes * MINUTE }));
