import type { Entry } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';
import { entriesOf, isAbout, MINUTE, millis, minuteOf, type Property } from './property.ts';

/** Control characters but the line break, and those that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not appear
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const SECRET = /X-Amz-Signature|xoxb-|AKIA[0-9A-Z]{16}|aws_secret|BEGIN PRIVATE KEY/;

const quoted = (text: string) => JSON.stringify(text.slice(0, 160));

export const CLEAN: Property = {
  name: 'no control character and no secret is in any message',
  violations: ({ received, published }) =>
    [
      ...received.flatMap(({ subject, body }) => [subject, body]),
      ...published.flatMap(({ incident, text }) => [incident, text]),
    ]
      .filter(text => CONTROL.test(text) || SECRET.test(text))
      .map(quoted)
      .slice(0, 3),
};

const isDrill = (timeline: readonly Entry[]) =>
  timeline[0]?.['drill'] === true && !timeline.some(({ type }) => type === 'DrillBecameReal');

export const DRILLS_MARKED: Property = {
  name: 'each message of a drill says that it is one, and nothing of a real incident does',
  violations: ({ incidents, messages }) =>
    incidents.flatMap(incident => {
      const { id, timeline } = incident;
      if (timeline.some(({ type }) => type === 'DrillBecameReal')) return [];
      const drill = isDrill(timeline);
      return (
        messages
          .filter(message => isAbout(message, incident))
          // SNS puts the topic's display name before an SMS.
          .filter(({ body }) => /^([^>\n]+> )?\[DRILL\]/.test(body) !== drill)
          .map(({ subject, body }) => `${id}: ${quoted(subject || body)}`)
      );
    }),
};

export const DRILLS_DRY: Property = {
  name: 'a drill changes nothing, and is not published',
  violations: ({ incidents }) =>
    incidents.flatMap(({ id, timeline }) =>
      isDrill(timeline)
        ? timeline
            .filter(({ type, dryRun }) => type === 'Published' || (type === 'StepStarted' && !dryRun))
            .map(({ type }) => `${id}: ${type}`)
        : [],
    ),
};

/** The service as it was read last before a moment, and first after it. */
const around = ({ readings, began }: Chronicle, at: string) => {
  const minute = (millis(at) - millis(began)) / MINUTE;
  const after = readings.findIndex(reading => reading.minute >= minute);
  return [readings[after - 1], readings[after]].filter(reading => reading !== undefined);
};

const CLAIMS = [
  [/(?:stays|still)[^.]*circuit breaker/i, 'breaker'],
  [/(?:stays|still)[^.]*scale the service down/i, 'tasks'],
  [/(?:stays|still)[^.]*maintenance page/i, 'page'],
] as const;

/** Changes of which it is only said that they may still be there. */
const DOUBTFUL = /Perhaps still changed[^.]*/;

export const STILL_CHANGED: Property = {
  name: 'what a hand-over says is still changed is so',
  violations: chronicle =>
    entriesOf(chronicle, 'HandedOver').flatMap(({ incident, entry }) =>
      CLAIMS.flatMap(([says, what]) => {
        const seen = around(chronicle, entry.at);
        // A revert of which nobody can say that it helped is named with that.
        const claimed = entry['reason'].replace(DOUBTFUL, '');
        if (!says.test(claimed) || seen.length === 0 || seen.some(({ changed }) => changed[what])) return [];
        return [`${incident.id} at ${minuteOf(chronicle, entry.at)}: ${what} is not changed: ${entry['reason']}`];
      }),
    ),
};

/** Words by which people learn that something is left changed. */
const TOLD = /stays|still changed|not reverted|could not be reverted|put back|revert|was left/i;

export const NOTHING_LEFT: Property = {
  name: 'no change is left in place at the end that nobody was told of',
  violations: chronicle => {
    const { readings, incidents, plan } = chronicle;
    const last = readings.at(-1);
    const open = incidents.some(({ status }) => status !== 'resolved' && status !== 'closed');
    if (!last || open || plan.events.some(event => event.do === 'pretend')) return [];
    const told = incidents.some(({ timeline }) =>
      timeline.some(
        ({ type, reason, changed }) =>
          (type === 'HandedOver' && TOLD.test(reason)) || (type === 'ExecutionStopped' && changed.length > 0),
      ),
    );
    const left = Object.entries(last.changed).flatMap(([what, changed]) => (changed ? [what] : []));
    return told || left.length === 0 ? [] : [`${left.join(', ')}, though every incident is over`];
  },
};
