/** A request as it arrives at a vendor. */
export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Answered {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** A vendor's service, as far as we use it: it checks what it is sent by the rules that its documentation gives. */
export interface Vendor {
  readonly host: string;
  /** Other hosts under which it answers. */
  readonly aliases?: readonly string[];
  answer(asked: Asked): Answered;
}

/** Lists the faults of an object by the rules for its fields; a field without a rule is none of the vendor's. */
export type Rules = Record<string, (value: unknown) => string | undefined>;

export function faults(given: Record<string, unknown>, rules: Rules): string[] {
  const unknown = Object.keys(given).filter(key => !(key in rules));
  return [
    ...unknown.map(key => `'${key}' is no field`),
    ...Object.entries(rules).flatMap(([key, rule]) => {
      const fault = rule(given[key]);
      return fault ? [`'${key}' ${fault}`] : [];
    }),
  ];
}

export const textOf = (most: number) => (value: unknown) =>
  typeof value === 'string' && value.length > 0 && value.length <= most
    ? undefined
    : `must be a text of at most ${most} characters`;

export const oneOf =
  (...values: string[]) =>
  (value: unknown) =>
    values.includes(String(value)) ? undefined : `must be one of ${values.join(', ')}`;

export const optional = (rule: Rules[string]) => (value: unknown) => (value === undefined ? undefined : rule(value));

/** The part of the world that a vendor needs. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now: () => number;
  emit?: (type: string, detail: Record<string, unknown>) => void;
}
