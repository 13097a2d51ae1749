/** The parts of the Node.js runtime that differ for a function in virtual time. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';

/** Bundles are compiled once a process; each world runs them anew, in scopes of its own. */
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

/** One for all: most time-outs come when nobody listens any more, and to make an exception takes longer than the rest of a call. */
const TIMED_OUT = new DOMException('The operation was aborted due to timeout', 'TimeoutError');

/** `setTimeout` and what rests on it, in virtual time, for as long as the process lives. */
export function virtualTimers(clock: Clock, isAlive: () => boolean) {
  type Timer = { cancel: () => void; unref: () => Timer; ref: () => Timer };
  const later = (milliseconds: number, act: () => void): Timer => {
    const timer = {
      cancel: clock.after(milliseconds, () => isAlive() && act()),
      unref: () => timer,
      ref: () => timer,
    };
    return timer;
  };
  const setTimeout = (act: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]) =>
    later(milliseconds, () => act(...given));
  const clearTimeout = (timer?: Timer) => timer?.cancel();
  const pause = <Value>(milliseconds = 0, value?: Value) =>
    new Promise<Value | undefined>(resolve => later(milliseconds, () => resolve(value)));
  class VirtualAbortSignal extends AbortSignal {
    static override timeout(milliseconds: number): AbortSignal {
      const controller = new AbortController();
      later(milliseconds, () => controller.abort(TIMED_OUT));
      return controller.signal;
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof AbortSignal;
    }
  }
  return { globals: { setTimeout, clearTimeout, AbortSignal: VirtualAbortSignal }, promises: { setTimeout: pause } };
}

/** Chance by the world's seed, under the names of the runtime. */
export function virtualChance(random: Random) {
  const randomUUID = () => random.uuid();
  const randomBytes = (length: number) => random.bytes(length);
  const getRandomValues = <Values extends Uint8Array>(values: Values): Values => {
    values.set(random.bytes(values.length));
    return values;
  };
  return {
    globals: {
      Math: Object.create(Math, { random: { value: () => random.next() } }) as Math,
      crypto: { randomUUID, getRandomValues, subtle: crypto.subtle },
    },
    crypto: { randomUUID, randomBytes },
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
