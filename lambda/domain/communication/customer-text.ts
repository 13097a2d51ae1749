import { visible } from '../encoding/visible.ts';
import type { Policy } from '../incident/policy.ts';
import { secretIn } from './secrets.ts';

/** Internal identifiers: ARNs, accounts, addresses, hosts and resource ids, which no customer may read. */
const INTERNAL = new RegExp(
  [
    /\barn:aws[\w-]*:\S+/,
    // An account, an IPv4 and an IPv6 address.
    /\b\d{12}\b|\b\d{4}-\d{4}-\d{4}\b/,
    /\b\d{1,3}(?:\.\d{1,3}){3}\b/,
    /\b(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}\b|\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b/,
    /[\w.+-]+@[\w-]+\.[\w.]+/,
    // Hosts and resources of our own network.
    /\b[\w.-]+\.(?:amazonaws\.com|internal|local|on\.aws|lan|corp)\b|\blocalhost\b|\b[a-z][\w.-]*:(?:3306|5432|6379|27017|9200|22)\b/,
    /\b(?:i|sg|vpc|subnet|eni|vol|ami|rtb|acl|nat|igw|eipalloc|snap)-[0-9a-f]{8,}\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** Telephone numbers: international ones, those with a bracket or the groups of North America, and what people say is one. */
const TELEPHONE = new RegExp(
  [
    /(?<![\w.+])(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,13}(?!\d)/,
    /(?<![\w.-])(?:\(\d{2,5}\) ?\d{2,4}[ ./-]?\d{2,6}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w-])/,
    /(?<![\w.:-])0\d{2,4}[ /-]\d{3,4}[ /-]?\d{3,6}(?![\w-])/,
    /\b(?:call|ring|phone|telephone|tel|mobile|cell|hotline|fax|whatsapp|text)\b[^\n\d]{0,25}\d(?:[ ()./-]{0,2}\d){6,13}(?!\d)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** Letters of other alphabets that look like Latin ones, in pairs. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  'аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd һh ӏl ԛq ԝw αa βb εe ηn ικ κk νv οo ρp τt υu χx ɑa ɡg ıi ℓl'
    .split(' ')
    .map(([letter = '', latin = '']) => [letter, latin === 'κ' ? 'i' : latin]),
);

/** A text as a reader takes it: without what nobody sees, in compatible characters, with one kind of hyphen. */
const seen = (text: string): string => visible(visible(text).normalize('NFKC')).replace(/[\p{Pd}\u2212]/gu, '-');

/** The same for comparing names: without cases and accents, and in Latin letters what looks like them. */
const skeleton = (text: string): string =>
  Array.from(
    seen(text).toLowerCase().normalize('NFD').replace(/\p{M}/gu, ''),
    letter => LOOKALIKES[letter] ?? letter,
  ).join('');

/**
 * Says why customers may not read a text: it has a secret, a telephone number, an internal identifier or a name of the configuration.
 * A secret is told by its beginning alone. Undefined for a text that they may read.
 */
export function unfitForCustomers(text: string, { internalNames }: Pick<Policy, 'internalNames'>): string | undefined {
  const read = seen(text);
  const secret = secretIn(read);
  if (secret) return `a password or key ("${secret.slice(0, 4)}…")`;
  const telephone = TELEPHONE.exec(read)?.[0];
  if (telephone) return `the telephone number "${telephone}"`;
  const identifier = INTERNAL.exec(read)?.[0];
  if (identifier) return `"${identifier}"`;
  const compared = skeleton(text);
  const name = internalNames.find(known => compared.includes(skeleton(known)));
  return name && `"${name}"`;
}
