import type { ServiceConfig } from '../config/service-config.ts';

/** A part of the configuration, with how much of a text it takes. */
interface Branch {
  path: string;
  size: number;
  parts: Branch[];
}

/** Less than this share of what the configuration takes is not worth the reader's time. */
const NOTABLE = 0.2;

/** Shorter values are found anywhere. */
const SHORTEST = 4;

/** The fields of the configuration whose values take the most of a text, the largest first: `redis.nodes.2`. */
export function fieldsIn(text: string, config: ServiceConfig): string[] {
  const whole = weigh(config, '', taken(text, config));
  return [...new Set(notable(whole, whole.size * NOTABLE).map(({ path }) => path))];
}

/** The characters that each value takes of the text. What is part of a longer value counts for that one alone. */
function taken(text: string, config: ServiceConfig): Map<string, number> {
  const values = [...new Set(valuesOf(config))].filter(value => value.length >= SHORTEST);
  let rest = text;
  return new Map(
    values
      .sort((a, b) => b.length - a.length)
      .map(value => {
        const before = rest.length;
        // A value may stand there as JSON.
        for (const form of [JSON.stringify(value).slice(1, -1), value]) rest = rest.split(form).join(CUT);
        return [value, before - rest.length];
      }),
  );
}

/** In place of a value: shorter than any, and in none. */
const CUT = '\0';

const valuesOf = (part: unknown): string[] => {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(valuesOf) : [];
};

function weigh(value: unknown, path: string, sizes: Map<string, number>): Branch {
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => weigh(part, path ? `${path}.${key}` : key, sizes));
    return { path, size: parts.reduce((sum, part) => sum + part.size, 0), parts };
  }
  return { path, size: sizes.get(String(value)) ?? 0, parts: [] };
}

/** A list none of whose entries stands out is named as a whole. */
function notable(branch: Branch, least: number): Branch[] {
  if (branch.size === 0 || branch.size < least) return [];
  const parts = branch.parts.flatMap(part => notable(part, least)).sort((a, b) => b.size - a.size);
  return parts.length > 0 ? parts : [branch];
}

/** The parts of the stack that a configuration can do without, or with less of. */
const TAKERS: Record<string, RegExp> = {
  'people, escalation and operations': /IncidentResponse\/?Paging/,
  'redis.nodes': /IncidentResponse\/?RedisHealth\/?redis/,
  certificates: /IncidentResponse\/?CertificateExpiry/,
  statusPage: /IncidentResponse\/?StatusPage/,
  'statusPage.subscribers': /IncidentResponse\/?Subscribers/,
  slack: /IncidentResponse\/?(Chat|Slack)/,
  pagerduty: /IncidentResponse\/?Pagerduty/,
  opsgenie: /IncidentResponse\/?Opsgenie/,
};

/** The fields for which the stack has the most of some resources, given by their paths: `redis.nodes (28)`. */
export function fieldsOf(paths: readonly string[]): string[] {
  return Object.entries(TAKERS)
    .map(([field, part]) => ({ field, taken: paths.filter(path => part.test(path)).length }))
    .filter(({ taken }) => taken > 0)
    .sort((a, b) => b.taken - a.taken)
    .map(({ field, taken }) => `${field} (${taken})`);
}
