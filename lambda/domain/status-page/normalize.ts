import type { Component } from '../incident/service-policy.ts';
import type { SiteInput } from './site.ts';

/** Control characters and noncharacters, which neither XML nor HTML may contain, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g;

const printable = (text: string) => text.toWellFormed().replace(UNPRINTABLE, '');

const iso = (time: string) => new Date(time).toISOString();

const component = ({ id, name, description }: Component): Component => ({
  id,
  name: printable(name),
  description: printable(description),
});

/**
 * Texts that every format can hold, times in one format, so that they compare as text, and components without internal
 * fields.
 */
export const normalize = (input: SiteInput): SiteInput => ({
  ...input,
  title: printable(input.title),
  now: iso(input.now),
  components: input.components.map(component),
  maintenance: input.maintenance
    .map(({ title, text, from, to, ...planned }) => ({
      ...planned,
      title: printable(title),
      text: printable(text),
      from: iso(from),
      to: iso(to),
    }))
    .sort((one, other) => one.from.localeCompare(other.from)),
  incidents: input.incidents.map(incident => ({
    ...incident,
    name: printable(incident.name),
    components: incident.components.map(component),
    updates: incident.updates.map(update => ({ ...update, body: printable(update.body) })),
  })),
});
