import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, type Point } from './points.ts';

const FOLDER = join(import.meta.dirname, '../../out/simulation');

/** Remembers which points were reached, those of longest ago first, so that the next run begins with the others. */
export class Reached {
  private readonly file: string;
  private readonly names: Set<string>;

  constructor(folder = FOLDER) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'reached.json');
    this.names = new Set(read(this.file));
  }

  /** Points that were never reached, then the others. */
  inOrder(points: readonly Point[]): Point[] {
    const order = new Map([...this.names].map((name, i) => [name, i + 1]));
    const rank = (point: Point) => order.get(nameOf(point)) ?? 0;
    return points.toSorted((one, other) => rank(one) - rank(other));
  }

  add(point: Point): void {
    this.names.delete(nameOf(point));
    this.names.add(nameOf(point));
    writeFileSync(this.file, JSON.stringify([...this.names], null, 1));
  }
}

function read(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}
