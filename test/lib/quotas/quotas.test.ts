import { describe, expect, it } from 'vitest';
import { excessesOf } from '../../../lib/quotas/measure.ts';
import { COUNTS, NAMES, SIZES, type SizeQuota, TEMPLATE } from '../../../lib/quotas/quotas.ts';
import type { TemplateJson } from '../../../lib/quotas/worst-case.ts';

/** Properties with a value at a path such as `Targets.*.Input`. */
function at([step, ...rest]: string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step === '{text}') return String(value).slice('""'.length);
  if (step === '{json}') return JSON.stringify(at(rest, value));
  return step === '*' ? [at(rest, value)] : { [step]: at(rest, value) };
}

const withOne = (type: string, path: string, value: unknown): TemplateJson => {
  const properties = at(path.split('.'), value) as Record<string, unknown>;
  return type === TEMPLATE ? properties : { Resources: { One: { Type: type, Properties: properties } } };
};

const sized = ({ unit }: SizeQuota, size: number) =>
  unit === 'entries' ? Array.from({ length: size }, () => ({})) : 'x'.repeat(size);

const found = (template: TemplateJson, what: string) =>
  excessesOf(template, String(template['file'] ?? '')).filter(({ says }) => says.startsWith(what));

describe('of a property', () => {
  it.each(SIZES.map(quota => [quota.what, quota] as const))('%s', (what, quota) => {
    const { type, at: path, most, unit, source } = quota;
    const excesses = (size: number) => found(withOne(type, path, sized(quota, size)), `${what} `);
    expect(excesses(most)).toEqual([]);
    const [excess, ...others] = excesses(most + 1);
    expect(others).toEqual([]);
    const [size, limit] = [most + 1, most].map(value => value.toLocaleString('en-US'));
    expect(excess?.says).toMatch(new RegExp(`(takes|has) ${size} ${unit}, 1 more than the ${limit} that AWS allows$`));
    expect(excess?.source).toBe(source);
  });

  it('is measured as JSON, in bytes where AWS counts those', () => {
    const pattern = (name: string) => withOne('AWS::Events::Rule', 'EventPattern', { source: [name] });
    expect(found(pattern('x'.repeat(2033)), 'the pattern of a rule')).toEqual([]);
    expect(found(pattern('x'.repeat(2034)), 'the pattern of a rule')).toHaveLength(1);
    expect(found(pattern('é'.repeat(2033)), 'the pattern of a rule')).toEqual([]);
    const environment = (value: string) => withOne('AWS::Lambda::Function', 'Environment.Variables', { A: value });
    expect(found(environment('x'.repeat(4088)), 'the environment')).toEqual([]);
    expect(found(environment(`é${'x'.repeat(4087)}`), 'the environment')).toHaveLength(1);
  });
});

describe('of resources', () => {
  it.each(COUNTS.map(quota => [quota.what, quota] as const))('%s', (what, { type = 'Any', by, most, source }) => {
    const resources = (number: number, of: string) =>
      Array.from({ length: number }, (_, i) => [
        `${of}${i}`,
        { Type: type, Properties: by ? { [by]: { Ref: of } } : {} },
      ]);
    const some = resources(most, 'A');
    expect(found({ Resources: Object.fromEntries(some) }, what)).toEqual([]);
    const more = found(
      { Resources: Object.fromEntries([...some, ...resources(1, 'A').map(([, one]) => ['B', one])]) },
      what,
    );
    expect(more.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^the .+ are [\d,]+, 1 more than the [\d,]+ that AWS allows$/),
    ]);
    expect(more[0]?.source).toBe(source);
    const elsewhere = found({ Resources: Object.fromEntries([...some, ...resources(1, 'C')]) }, what);
    expect(elsewhere).toHaveLength(by ? 0 : 1);
  });
});

describe('of a name', () => {
  it.each(NAMES.map(quota => [quota.what, quota] as const))(
    '%s',
    (what, { type, at: path, most, of, reserved, source }) => {
      const faults = (name: string) => found(withOne(type, path, name), what);
      expect(faults('x'.repeat(most))).toEqual([]);
      const [long, ...others] = faults('x'.repeat(most + 1));
      expect(others).toEqual([]);
      expect(long).toMatchObject({
        source,
        says: expect.stringContaining(`has ${most + 1} characters, 1 more than the ${most}`),
      });
      expect(faults('x\ny').map(({ says }) => says)).toEqual([expect.stringContaining(of.source)]);
      for (const prefix of reserved)
        expect(faults(`${prefix.toUpperCase()}-shop`).map(({ says }) => says)).toContainEqual(
          expect.stringMatching(/begins with \S+, which AWS keeps for itself$/),
        );
      expect(faults('x-aws')).toEqual([]);
    },
  );
});

it('each quota has a document of AWS, and no two one name', () => {
  const all = [...SIZES, ...COUNTS, ...NAMES];
  for (const { source } of all) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
  expect(new Set(all.map(({ what }) => what)).size).toBe(all.length);
});
