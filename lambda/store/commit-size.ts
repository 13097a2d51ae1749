import { deflateSync } from 'node:zlib';
import { BOUNDS } from '../domain/incident/bounds.ts';
import type { Signal } from '../domain/incident/signal.ts';
import { truncated } from '../domain/kernel/text.ts';

/** Bytes that the names and summaries of the signals of one commit take at most. The item has room for as much again. */
const MOST = 4000;

/** The signals of one incident in as few commits as cost ten write units each: one, but for names that nothing compresses. */
export function inCommits(signals: Signal[]): Signal[][] {
  if (signals.length === 0) return [];
  if (signals.length === 1 || sizeOf(signals) <= MOST) return [signals];
  const half = Math.ceil(signals.length / 2);
  return [...inCommits(signals.slice(0, half)), ...inCommits(signals.slice(half))];
}

const sizeOf = (signals: readonly Signal[]): number =>
  deflateSync(JSON.stringify(signals.map(({ key, summary }) => [key, truncated(summary, BOUNDS.summary)]))).length;
