import * as v from 'valibot';
import { MODES } from '../../lambda/domain/incident/policy.ts';
import { LONGEST } from './most.ts';

export const text = (expected: string, longest: number = LONGEST.text) =>
  v.pipe(
    v.string(expected),
    v.trim(),
    v.minLength(1, expected),
    v.maxLength(longest, `${expected}, of at most ${longest} characters`),
  );
export const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(expected), v.regex(pattern, expected));
/** A day of the calendar. */
export const day = (expected: string) =>
  v.pipe(
    matching(/^\d{4}-\d\d-\d\d$/, expected),
    v.check(given => new Date(`${given}T00:00:00Z`).toJSON()?.startsWith(given) ?? false, expected),
  );
export const whole = (from: number, to: number) => {
  const expected = `a whole number from ${from} to ${to}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(from, expected), v.maxValue(to, expected));
};
export const share = v.pipe(
  v.number('a share between 0 and 1'),
  v.gtValue(0, 'a share between 0 and 1'),
  v.ltValue(1, 'a share between 0 and 1'),
);

/** An object with these fields and no other. What is missing is asked for in the words of its own schema. */
export const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected, path }) => {
    const field = String(path?.at(-1)?.key ?? '');
    const schema = entries[field];
    const fields = Object.keys(entries).join(', ');
    if (expected === 'never') return `one of ${fields}`;
    if (expected === 'Object' || !schema) return `an object with ${fields}`;
    return v.safeParse(schema, undefined).issues?.[0]?.message ?? 'a value';
  });
export const list = <Schema extends v.GenericSchema>(
  schema: Schema,
  expected: string,
  most = Number.POSITIVE_INFINITY,
) => v.pipe(v.array(schema, expected), v.minLength(1, expected), atMost(most));
/** A bound of a list. */
export const atMost = <Entry>(most: number) => v.maxLength<Entry[], number, string>(most, `${most} at most`);
export const url = (protocol: RegExp, expected: string) =>
  v.pipe(
    v.string(expected),
    v.check(text => protocol.test(text) && URL.canParse(text), expected),
    v.maxLength(LONGEST.url, `${expected}, of at most ${LONGEST.url} characters`),
  );
export const awsId = (prefix: string, of: string) =>
  matching(new RegExp(`^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`), `the id of ${of}: ${prefix}- and 8 or 17 hex digits`);

export const Mode = v.picklist(MODES, "'off', 'observe', 'approve' or 'auto'");

/**
 * How far a playbook goes. `mode` is the most that each of its steps may do by itself, by default the service's: with `auto`, a
 * step that asks by its nature still asks. `modes` says it of single steps, whatever else is said.
 */
export const modes = <Step extends string>(...steps: Step[]) => {
  const entries = Object.fromEntries(steps.map(step => [step, v.optional(Mode)]));
  return {
    mode: v.optional(Mode),
    modes: v.optional(object(entries as Record<Step, v.OptionalSchema<typeof Mode, undefined>>), {} as never),
  };
};

/** Two shares at which alarms fire, the warning first. */
export const warningBelowCritical = <Shares extends { warning: number; critical: number }>() =>
  v.check<Shares, string>(({ warning, critical }) => warning < critical, 'a warning share below the critical one');

export const secretArn = matching(
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,519}$/,
  'the ARN of a Secrets Manager secret',
);

/** The customer's key under which secrets are, if they are under one. */
export const secretKeyArn = v.optional(
  matching(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,128}$/,
    'the ARN of a KMS key, ending in key/ID: IAM knows no alias',
  ),
);

/** A fault found in a part of what is checked as a whole, given the way to that part. */
export function issueAt(whole: object, keys: (string | number)[], message: string) {
  let part: unknown = whole;
  const path = keys.map(key => {
    const input = part as Record<string, unknown>;
    part = input[key];
    return { type: 'object' as const, origin: 'value' as const, input, key: String(key), value: part };
  });
  return { message, input: part, path: path as [(typeof path)[number], ...typeof path] };
}
