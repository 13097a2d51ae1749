/** The sources that everybody can reach. Each has an alias of the command function of its own. */
export const PUBLIC_SOURCES = ['link', 'slack', 'pagerduty', 'opsgenie'] as const;
export type PublicSource = (typeof PUBLIC_SOURCES)[number];

/** The source of a person's command. */
export type Source = PublicSource | 'command line';

/** A person who acted, and the source of the act. */
export interface Person {
  by: string;
  via?: Source | undefined;
}

/** The name of the responder itself on the timeline. */
export const AUTOMATION = 'automation';

/** The name of a term that nobody kept. */
export const TIME = 'time';

/** Letters of other alphabets that look like ours. */
const LOOK_ALIKES = { a: 'аɑα', e: 'еεԑ', i: 'іιı', m: 'мμ', n: 'пոη', o: 'оοօ', t: 'тτ', u: 'υս' };

/**
 * True if a name is that of a person to whoever reads it: it has a letter, and is none of the responder's own, from which neither
 * case, spaces, accents, invisible characters nor look-alikes tell it apart.
 */
export function isPersonName(name: string): boolean {
  const read = asRead(name);
  return read !== '' && read !== AUTOMATION && read !== TIME;
}

const asRead = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}|[^\p{L}\p{N}]/gu, '')
    .replace(
      /\P{ASCII}/gu,
      letter => Object.entries(LOOK_ALIKES).find(([, alike]) => alike.includes(letter))?.[0] ?? letter,
    );

/** The name that another system has for a person; without one that can be told from ours, somebody there. */
export function nameIn(system: string, name: string | null | undefined): string {
  const short = name?.trim().slice(0, 150).trim();
  return short && isPersonName(short) ? short : `somebody in ${system}`;
}
