import type { Chronicle } from '../chronicle.ts';
import { TROUBLE_NAMES } from '../troubles.ts';
import { MINUTE, millis, minuteOf, type Property } from './property.ts';

/** DynamoDB's limit is 400 KB; what stays so far below it has room for what must be accepted. */
const LARGEST_ITEM = 100_000;

export const SMALL: Property = {
  name: 'no item of the table is larger than 100 KB',
  violations: ({ largestItemBytes }) => (largestItemBytes < LARGEST_ITEM ? [] : [`${largestItemBytes} bytes`]),
};

/** Nothing that a person or a deployment did to the service, nor a declaration, which may be published. */
const isWell = ({ plan, readings }: Chronicle) =>
  plan.events.every(({ do: does }) => does !== 'start runbook') &&
  TROUBLE_NAMES.every(name => plan.events.every(event => event.do !== 'trouble' || event.trouble !== name)) &&
  readings.every(({ errorShare }) => errorShare === 0);

export const WELL_IS_LEFT_ALONE: Property = {
  name: 'in a service that is well nothing is changed, and nothing of it is published',
  violations: chronicle => {
    if (!isWell(chronicle)) return [];
    const { changed, incidents } = chronicle;
    return [
      ...changed.map(({ by, summary, at }) => `${by} at ${minuteOf(chronicle, at)}: ${summary}`),
      ...incidents.flatMap(({ id, timeline }) =>
        timeline.filter(({ type, by }) => type === 'Published' && by === 'automation').map(() => `${id} is published`),
      ),
    ];
  },
};

/** A trouble that is mended is found to be over: people are not left with an incident for ever. */
const SETTLED_WITHIN = 75;

const DOUBTFUL = /Perhaps still changed/;

export const SETTLES: Property = {
  name: 'once the service is well and every alarm is green, the incident ends',
  violations: chronicle => {
    const { incidents, alarms, readings, ended, began, plan } = chronicle;
    if (plan.events.some(({ do: does }) => ['declare', 'storm', 'mute', 'lose metric'].includes(does))) return [];
    const ill = readings.findLast(({ healthy }) => !healthy);
    const red = new Map<string, string>();
    for (const { name, state, at } of alarms) red.set(name, `${state === 'OK' ? '' : 'red'} ${at}`);
    if ([...red.values()].some(state => state.startsWith('red'))) return [];
    const since = Math.max(
      millis(began) + (ill?.minute ?? 0) * MINUTE,
      ...alarms.map(({ at }) => millis(at)),
      ...plan.events.map(({ at }) => millis(began) + at * MINUTE),
    );
    if (millis(ended) < since + SETTLED_WITHIN * MINUTE) return [];
    return (
      incidents
        .filter(({ status }) => status !== 'resolved' && status !== 'closed')
        // A revert that could not be verified is for a person to look at.
        .filter(({ timeline }) => !timeline.some(({ type, reason }) => type === 'HandedOver' && DOUBTFUL.test(reason)))
        .map(
          ({ id, timeline }) =>
            `${id} is open since ${minuteOf(chronicle, timeline[0]?.at ?? '')}, all well since ${minuteOf(chronicle, since)}`,
        )
    );
  },
};
