import {
  COUNTS,
  type CountQuota,
  NAMES,
  type NameQuota,
  SIZES,
  type SizeQuota,
  TEMPLATE,
  type Unit,
} from './quotas.ts';
import type { ResourceJson, TemplateJson } from './worst-case.ts';

/** Something that AWS would refuse. */
export interface Excess {
  /** The fault, as a sentence without its subject's place. */
  says: string;
  /** The construct, or the logical id of a resource that has no path. */
  at: string;
  /** What is too large, as JSON or text; or the paths of the resources that are too many. */
  value: string | string[];
  source: string;
}

interface Part {
  type: string;
  at: string;
  properties: object;
}

/** Finds what goes beyond a quota. @param file the template as it is uploaded */
export function excessesOf(template: TemplateJson, file: string): Excess[] {
  const parts: Part[] = [
    { type: TEMPLATE, at: 'the stack', properties: { ...template, file } },
    ...Object.entries(template.Resources ?? {}).map(([id, resource]) => ({
      ...{ type: resource.Type, at: pathOf(id, resource), properties: resource.Properties ?? {} },
    })),
  ];
  const of = <Quota extends { type: string; at: string }>(
    quotas: readonly Quota[],
    check: (quota: Quota, value: unknown, at: string) => Excess[],
  ) =>
    parts.flatMap(({ type, at, properties }) =>
      quotas
        .filter(quota => quota.type === type)
        .flatMap(quota => valuesAt(properties, quota.at.split('.')).flatMap(value => check(quota, value, at))),
    );
  return [...COUNTS.flatMap(quota => tooMany(quota, template)), ...of(SIZES, tooLarge), ...of(NAMES, misnamed)];
}

const pathOf = (id: string, { Metadata }: ResourceJson) =>
  String(Metadata?.['aws:cdk:path'] ?? id).replace(/\/Resource$/, '');

/** The values at a path such as `Targets.*.Input`. */
function valuesAt(value: unknown, [step, ...rest]: string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [value];
  if (step === '{json}') return valuesAt(JSON.parse(String(value)), rest);
  if (step === '{text}') return valuesAt(JSON.stringify(value), rest);
  if (step === '*') return Object.values(value).flatMap(part => valuesAt(part, rest));
  return valuesAt((value as Record<string, unknown>)[step], rest);
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const MEASURES: Record<Unit, (value: unknown) => number> = {
  characters: value => [...asText(value)].length,
  bytes: value => Buffer.byteLength(asText(value)),
  entries: value => (typeof value === 'object' && value ? Object.keys(value).length : 1),
};

const number = (value: number) => value.toLocaleString('en-US');

function tooLarge({ what, most, unit, source }: SizeQuota, value: unknown, at: string): Excess[] {
  const size = MEASURES[unit](value);
  if (size <= most) return [];
  const words = unit === 'entries' ? 'has' : 'takes';
  const says = `${what} ${words} ${number(size)} ${unit}, ${number(size - most)} more than the ${number(most)} that AWS allows`;
  const largest = unit === 'entries' ? '' : largestPart(parsed(value));
  return [{ says: largest ? `${says}, most of them in ${largest}` : says, at, value: asText(value), source }];
}

function tooMany({ what, type, by, most, source }: CountQuota, { Resources = {} }: TemplateJson): Excess[] {
  const counted = Object.entries(Resources).filter(([, resource]) => !type || resource.Type === type);
  const groups = Map.groupBy(counted, ([, { Properties }]) =>
    by ? asText(Properties?.[by] ?? 'default') : 'the stack',
  );
  return [...groups]
    .filter(([, { length }]) => length > most)
    .map(([at, found]) => ({
      says: `${what} are ${number(found.length)}, ${number(found.length - most)} more than the ${number(most)} that AWS allows`,
      ...{ at, value: found.map(([id, resource]) => pathOf(id, resource)), source },
    }));
}

function misnamed({ what, most, of, reserved, source }: NameQuota, value: unknown, at: string): Excess[] {
  const name = asText(value);
  const begins = reserved.find(prefix => name.toLowerCase().startsWith(prefix));
  const faults = [
    ...(name.length > most
      ? [`has ${name.length} characters, ${name.length - most} more than the ${most} that AWS allows`]
      : []),
    ...(of.test(name) ? [] : [`has characters that AWS does not allow (${of.source})`]),
    ...(begins ? [`begins with ${begins}, which AWS keeps for itself`] : []),
  ];
  return faults.map(fault => ({ says: `${what}, ${name}, ${fault}`, at, value: name, source }));
}

/** The way to the innermost part that takes more than half of the whole: `playbooks.3.impact`. */
function largestPart(whole: unknown, path: string[] = [], half = asText(whole).length / 2): string {
  const parts = typeof whole === 'object' && whole !== null ? Object.entries(whole) : [];
  const [key, part] = parts.find(([, part]) => asText(part).length > half) ?? [];
  return key === undefined ? path.join('.') : largestPart(part, [...path, key], half);
}

/** The object or list that a text says in JSON, however often it was made a text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^["{[]/.test(value)) return value;
  try {
    return parsed(JSON.parse(value));
  } catch {
    return value;
  }
}
