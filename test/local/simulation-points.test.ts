import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALL_FAULT_KINDS } from 'embedded-aws';
import { expect, it, onTestFinished } from 'vitest';
import { strikesOf } from '../../local/simulation/plan.ts';
import { ALL_POINTS, basePlans, isKnown, nameOf, type Point, planOfPoint } from '../../local/simulation/points.ts';
import { Reached } from '../../local/simulation/reached.ts';
import { reportOn } from '../../local/simulation/report.ts';
import type { Told } from '../../local/simulation/simulate.ts';

const POINT: Point = { call: 'watch dynamodb GetItem', kind: 'killed before' };

it('every call that the plans make is a point in each kind of fault', () => {
  const calls = new Set(ALL_POINTS.map(({ call }) => call));
  expect(calls.size).toBeGreaterThan(200);
  expect(ALL_POINTS).toHaveLength(calls.size * CALL_FAULT_KINDS.length);
  expect([isKnown('watch dynamodb GetItem'), isKnown('watch dynamodb DeleteTable')]).toEqual([true, false]);
});

it('the seed chooses the plan, the occurrence and for how long; the same seed the same', () => {
  const plans = basePlans();
  const drawn = Array.from({ length: 60 }, (_, seed) => planOfPoint(POINT, seed, plans));
  expect(planOfPoint(POINT, 7)).toEqual(drawn[7]);
  const strikes = drawn.flatMap(strikesOf);
  expect(new Set(strikes.map(({ first }) => first)).size).toBeGreaterThan(20);
  expect(
    new Set(drawn.map(({ minutes, start, events }) => JSON.stringify([minutes, start, events.length]))).size,
  ).toBeGreaterThan(5);
  expect(strikes.filter(({ count }) => count === 9).length).toBeGreaterThan(5);
  expect(strikes.filter(({ minutes }) => minutes !== undefined).length).toBeGreaterThan(5);
});

it('each point can be drawn from a plan that is there', () => {
  const plans = basePlans();
  for (const point of ALL_POINTS) expect(() => planOfPoint(point, 1, plans), nameOf(point)).not.toThrow();
});

it('a run begins with what no run before has reached, and then with what was reached longest ago', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reached-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [a, b, c, d] = ALL_POINTS as unknown as [Point, Point, Point, Point];
  const reached = new Reached(folder);
  for (const point of [c, a, c]) reached.add(point);
  expect(new Reached(folder).inOrder([a, b, c, d])).toEqual([b, d, a, c]);
});

it('the report counts points that were struck, missed and left', () => {
  const told = (point: string | undefined, ...points: string[]) =>
    ({ ...(point && { point }), points, troubles: [], violations: [] }) as unknown as Told;
  const [a = '', b = '', c = ''] = ALL_POINTS.map(nameOf);
  const { points } = reportOn([told(undefined, a, b), told(a, a), told(c, 'probe nothing Nothing timeout')], 5);
  expect(points).toEqual({ known: ALL_POINTS.length, struck: 2, tried: 2, missed: 1, left: 5 });
});
