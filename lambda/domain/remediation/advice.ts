import type { Event } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Advice } from '../incident/policy.ts';
import type { Fact, Facts } from '../kernel/severity.ts';

/** Where automation has done what it can, well or not. From here on the advice is what remains to be done. */
const ENDS: readonly Event['type'][] = ['HandedOver', 'Mitigated', 'Resolved'];

/**
 * Puts what the playbook advises for good before the end of automation's part, once an incident: an action item that
 * outlives it. Whoever is told of the end is told of the advice with it. A drill leaves nothing to be done, nor does what
 * turned out to be nothing.
 */
export function withAdvice(incident: Incident | undefined, events: Event[]): Event[] {
  const advice = incident?.policy.playbook.advice;
  const end = events.findIndex(({ type }) => ENDS.includes(type));
  if (!incident || incident.drill || !advice || end === -1 || isRaised(incident, advice)) return events;
  if (events.some(event => event.type === 'Resolved' && event.cancelled)) return events;
  const item: Event = {
    type: 'ActionItemRaised',
    action: advice.action,
    text: fill(advice.template, factsBefore(incident)),
  };
  return [...events.slice(0, end), item, ...events.slice(end)];
}

const isRaised = ({ actionItems }: Incident, { action }: Advice) => actionItems.some(item => item.action === action);

/** What was known before automation changed anything: later numbers are of its own making. */
function factsBefore({ runs, facts }: Incident): Facts {
  return runs.find(({ dryRun }) => !dryRun)?.facts ?? facts;
}

const PLACEHOLDER = /\{(\w+)(?: \/ (\w+))?\}/g;

/** The facts that a template names. */
export const templateFacts = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].flatMap(([, fact = '', divisor]) => (divisor ? [fact, divisor] : [fact]));

/** `{fact}` is the fact as a whole number, `{fact / fact}` their ratio; what was not measured is said to be unknown. */
export function fill(template: string, facts: Facts): string {
  return template.replace(PLACEHOLDER, (_, fact: Fact, divisor?: Fact) => {
    const value = facts[fact];
    const by = divisor === undefined ? 1 : facts[divisor];
    return value === undefined || !by ? '(not measured)' : String(Math.round(value / by));
  });
}
