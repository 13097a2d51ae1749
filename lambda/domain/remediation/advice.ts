import type { Event } from '../incident/events.ts';
import { type Incident, nextItem } from '../incident/incident.ts';
import type { Advice } from '../incident/policy.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { thousands } from '../kernel/numbers.ts';
import type { Fact, Facts } from '../kernel/severity.ts';

/** The events after which automation does nothing more: people continue with the advice. */
const ENDS: readonly Event['type'][] = ['HandedOver', 'Mitigated', 'Resolved'];

/**
 * Adds the advice of its playbooks as action items, once per incident, before the event that ends automation's part:
 * messages about that event can then name it. A drill or a false alarm leaves nothing to be done.
 */
export function withAdvice(incident: Incident | undefined, events: Event[]): Event[] {
  const endIndex = events.findIndex(({ type }) => ENDS.includes(type));
  if (!incident || incident.drill || endIndex === -1) return events;
  if (events.some(event => event.type === 'Resolved' && event.cancelled)) return events;
  const items: Event[] = [];
  for (const { name, advice } of playbooksOf(incident)) {
    if (!advice || isRaised(incident, advice)) continue;
    const item = nextItem(incident, [...events, ...items]);
    const text = fill(advice.template, factsBefore(incident, name));
    items.push({ type: 'ActionItemRaised', item, action: advice.action, text });
  }
  return [...events.slice(0, endIndex), ...items, ...events.slice(endIndex)];
}

const isRaised = ({ actionItems }: Incident, { action }: Advice) => actionItems.some(item => item.action === action);

/** The facts before automation changed anything about a trouble. Later numbers are its own effect. */
function factsBefore({ runs, facts }: Incident, playbook: string): Facts {
  return runs.find(run => run.playbook === playbook && !run.dryRun)?.facts ?? facts;
}

const PLACEHOLDER = /\{(\w+)(?: \/ (\w+))?\}/g;

/** The facts that a template names. */
export const templateFacts = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].flatMap(([, fact = '', divisor]) => (divisor ? [fact, divisor] : [fact]));

/**
 * Fills a template: `{fact}` becomes the fact as a whole number, `{fact / fact}` the ratio of two. A fact that was not
 * measured becomes "(not measured)".
 */
export function fill(template: string, facts: Facts): string {
  return template.replace(PLACEHOLDER, (_, fact: Fact, divisor?: Fact) => {
    const value = facts[fact];
    const divisorValue = divisor === undefined ? 1 : facts[divisor];
    return value === undefined || !divisorValue ? '(not measured)' : thousands(Math.round(value / divisorValue));
  });
}
