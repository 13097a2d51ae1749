import { visible } from '../encoding/visible.ts';
import type { Component } from '../incident/service-policy.ts';
import type { SiteInput } from './site.ts';

const iso = (time: string) => new Date(time).toISOString();

const component = ({ id, name, description }: Component): Component => ({
  id,
  name: visible(name),
  description: visible(description),
});

/**
 * Texts that every format can hold, times in one format, so that they compare as text, and components without internal
 * fields.
 */
export const normalize = (input: SiteInput): SiteInput => ({
  ...input,
  title: visible(input.title),
  now: iso(input.now),
  components: input.components.map(component),
  maintenance: input.maintenance
    .map(({ title, text, from, to, ...planned }) => ({
      ...planned,
      title: visible(title),
      text: visible(text),
      from: iso(from),
      to: iso(to),
    }))
    .sort((one, other) => one.from.localeCompare(other.from)),
  incidents: input.incidents.map(incident => ({
    ...incident,
    name: visible(incident.name),
    components: incident.components.map(component),
    updates: incident.updates.map(update => ({ ...update, body: visible(update.body) })),
  })),
});
