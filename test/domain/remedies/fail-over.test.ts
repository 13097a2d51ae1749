import { describe, expect, it } from 'vitest';
import type { DatabaseCluster } from '../../../lambda/domain/remedies/database-cluster.ts';
import { failOverOf, hasTakenOver } from '../../../lambda/domain/remedies/fail-over.ts';

/** Members by name, each with its tier; the writer is marked. */
const cluster = (writer: string, more: DatabaseCluster = {}): DatabaseCluster => ({
  Status: 'available',
  DBClusterMembers: [
    { DBInstanceIdentifier: 'c', IsClusterWriter: writer === 'c', PromotionTier: 2 },
    { DBInstanceIdentifier: 'b', IsClusterWriter: writer === 'b', PromotionTier: 1 },
    { DBInstanceIdentifier: 'a', IsClusterWriter: writer === 'a', PromotionTier: 1 },
  ],
  ...more,
});
const instances = (statuses: Record<string, string>) =>
  Object.entries({ a: 'available', b: 'available', c: 'available', ...statuses }).map(([id, DBInstanceStatus]) => ({
    ...{ DBInstanceIdentifier: id, DBInstanceStatus },
  }));
const named = (writer = '', reader = '') => ({ writer, reader });

describe('a failover', () => {
  it.each<[string, DatabaseCluster, Record<string, string>, ReturnType<typeof named>, object]>([
    ['to the reader of the lowest tier', cluster('a'), {}, named(), { writer: 'a', reader: 'b' }],
    ['to the next that is available', cluster('a'), { b: 'rebooting' }, named(), { writer: 'a', reader: 'c' }],
    ['to the reader that was judged', cluster('a'), {}, named('a', 'c'), { writer: 'a', reader: 'c' }],
    [
      'to a reader though there is no writer',
      cluster('nobody'),
      { b: 'failed' },
      named('none'),
      { writer: 'none', reader: 'a' },
    ],
  ])('goes %s', (_, given, statuses, who, expected) => {
    expect(failOverOf(given, instances(statuses), who)).toEqual(expected);
  });

  it.each<[string, DatabaseCluster, Record<string, string>, ReturnType<typeof named>]>([
    ['the cluster is failing-over', cluster('a', { Status: 'failing-over' }), {}, named()],
    ['b is the writer by now, not a', cluster('b'), {}, named('a', 'b')],
    ['no instance is the writer by now, not a', cluster('nobody'), {}, named('a', 'b')],
    ['a is the writer by now, not none', cluster('a'), {}, named('none', 'b')],
    ['no reader of the cluster is available to take over', cluster('a'), { b: 'failed', c: 'x' }, named()],
    ['b cannot take over: it is rebooting', cluster('a'), { b: 'rebooting' }, named('a', 'b')],
    ['a is the writer already', cluster('a'), {}, named('a', 'a')],
    ['d is no member of the cluster', cluster('a'), {}, named('a', 'd')],
  ])('is refused: %s', (refused, given, statuses, who) => {
    expect(failOverOf(given, instances(statuses), who)).toEqual({ refused });
  });

  it('is refused to an instance that the configuration does not name', () => {
    const [a, b] = instances({});
    expect(failOverOf(cluster('a'), [a ?? {}, b ?? {}], named('a', 'c'))).toEqual({
      refused: 'c cannot take over: it is not among the instances of the configuration',
    });
    expect(failOverOf(cluster('b'), [b ?? {}], named())).toMatchObject({
      refused: expect.stringContaining('no reader'),
    });
  });

  it('has ended when the reader is the writer and available, not before', () => {
    expect(hasTakenOver(cluster('b'), 'b', 'available')).toBe(true);
    expect(hasTakenOver(cluster('a'), 'b', 'available')).toBe(false);
    expect(hasTakenOver(cluster('b', { Status: 'failing-over' }), 'b', 'available')).toBe(false);
    expect(hasTakenOver(cluster('b'), 'b', 'rebooting')).toBe(false);
  });
});
