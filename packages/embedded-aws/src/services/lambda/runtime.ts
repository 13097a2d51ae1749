/** The parts of the Node.js runtime that differ for a function in virtual time. */
import { readFileSync } from 'node:fs';

/** Bundles are compiled once a process; each world runs them anew, in a scope of its own. */
const bundles = new Map<string, (...scope: unknown[]) => void>();

export function compiled(path: string, parameters: string[]): (...scope: unknown[]) => void {
  const known = bundles.get(path);
  if (known) return known;
  const bundle = new Function(...parameters, `${readFileSync(path, 'utf8')}\n//# sourceURL=${path}`) as (
    ...scope: unknown[]
  ) => void;
  bundles.set(path, bundle);
  return bundle;
}

/** A `Date` whose present is the virtual one; everything else is that of the real class. */
export function virtualDate(now: () => number) {
  return class extends Date {
    constructor(...given: [] | [number | string | Date]) {
      super(given.length === 0 ? now() : (given[0] as number));
    }
    static override now = now;
    static override [Symbol.hasInstance] = (value: unknown) =>
      Object.prototype.toString.call(value) === '[object Date]';
  };
}

/** The milliseconds that an answer took, by its `Server-Timing` header. */
export const timingOf = ({ headers }: Response): number =>
  Number(/dur=([\d.]+)/.exec(headers.get('server-timing') ?? '')?.[1] ?? 0);

/** A console whose lines go to the world's listeners. */
export function silent(log: (level: string, line: unknown) => void) {
  const at = (level: string) => (line: unknown) => log(level, line);
  return { ...console, debug: at('debug'), log: at('info'), info: at('info'), warn: at('warn'), error: at('error') };
}
