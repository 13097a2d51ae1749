import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type End, pathTo, type Rule, type SecurityGroup } from '../../../lambda/domain/diagnosis/security-groups.ts';

const PORT = 6379;
const VPC = '10.0.0.0/16';

const rule = (changes: Partial<Rule> = {}): Rule => ({
  ...{ protocol: 'tcp', fromPort: PORT, toPort: PORT, groups: [], cidrs: [], others: [] },
  ...changes,
});
const end = (id: string, direction: 'ingress' | 'egress', ...rules: Rule[]): End => ({
  groups: [{ id, ingress: [], egress: [], [direction]: rules }],
  blocks: [VPC],
});
const EVERYWHERE = rule({ protocol: '-1', fromPort: undefined, toPort: undefined, cidrs: ['0.0.0.0/0'] });

describe('the network path from the tasks to the cache', () => {
  const judged = (...ingress: Rule[]) =>
    pathTo(PORT, end('sg-tasks', 'egress', EVERYWHERE), end('sg-cache', 'ingress', ...ingress));

  it.each<[string, Rule, boolean | undefined]>([
    ['for the group of the tasks', rule({ groups: ['sg-tasks'] }), true],
    ['for another group', rule({ groups: ['sg-other'] }), false],
    ['for a range of ports', rule({ fromPort: 6000, toPort: 7000, groups: ['sg-tasks'] }), true],
    ['for another port', rule({ fromPort: 6380, toPort: 6380, groups: ['sg-tasks'] }), false],
    ['for any protocol', rule({ protocol: '-1', fromPort: -1, toPort: -1, groups: ['sg-tasks'] }), true],
    ['for TCP by its number', rule({ protocol: '6', groups: ['sg-tasks'] }), true],
    ['for UDP', rule({ protocol: 'udp', groups: ['sg-tasks'] }), false],
    ['for the CIDR of the VPC', rule({ cidrs: [VPC] }), true],
    ['for the CIDR of a part of the VPC', rule({ cidrs: ['10.0.1.0/24'] }), undefined],
    ['for a CIDR elsewhere', rule({ cidrs: ['192.168.0.0/16'] }), false],
    ['for a prefix list', rule({ others: ['pl-1'] }), undefined],
  ])('is judged by an ingress rule %s', (_, ingress, open) => {
    expect(judged(ingress).open).toBe(open);
  });

  it('names the missing rule at either end', () => {
    expect(judged().faults).toEqual(['sg-cache has no ingress rule for TCP 6379 from sg-tasks']);
    expect(
      pathTo(PORT, end('sg-tasks', 'egress'), end('sg-cache', 'ingress', rule({ groups: ['sg-tasks'] }))).faults,
    ).toEqual(['sg-tasks has no egress rule for TCP 6379 to sg-cache']);
    expect(judged(rule({ others: ['pl-1'] })).faults).toEqual([
      'the ingress rules of sg-cache for TCP 6379 are by prefix list, IPv6 or a part of the VPC',
    ]);
  });

  it('cannot be judged by CIDR when the blocks of the VPC are not known', () => {
    const from = { ...end('sg-tasks', 'egress', EVERYWHERE), blocks: [] };
    expect(pathTo(PORT, from, { ...end('sg-cache', 'ingress', EVERYWHERE), blocks: [] }).open).toBeUndefined();
  });
});

/** Whether one packet passes, as EC2 decides it: rule by rule, with no thought of all the others that might come. */
interface Packet {
  address: number;
  groups: string[];
}
const bits = (address: string) => address.split('.').map(Number);
function passes(groups: SecurityGroup[], direction: 'ingress' | 'egress', { address, groups: named }: Packet) {
  return groups.some(group =>
    group[direction].some(({ protocol, fromPort = 0, toPort = 65_535, groups: through, cidrs }) => {
      if (protocol !== '-1' && !(protocol === 'tcp' && fromPort <= PORT && PORT <= toPort)) return false;
      const inRange = (cidr: string) => {
        const [base = '', length = ''] = cidr.split('/');
        const [a = 0, b = 0, c = 0, d = 0] = bits(base);
        const number = (BigInt(a) << 24n) | (BigInt(b) << 16n) | (BigInt(c) << 8n) | BigInt(d);
        const shift = BigInt(32 - Number(length));
        return number >> shift === BigInt(address) >> shift;
      };
      return through.some(id => named.includes(id)) || cidrs.some(inRange);
    }),
  );
}

it('an open network path passes every packet, and a blocked one passes none', () => {
  const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/17', '10.0.128.0/17', '10.1.0.0/16');
  const someRule = fc.record({
    protocol: fc.constantFrom('-1', 'tcp', 'udp'),
    fromPort: fc.constantFrom(0, 6000, PORT, 6380),
    toPort: fc.constantFrom(6000, PORT, 7000, 65_535),
    groups: fc.subarray(['sg-tasks-1', 'sg-tasks-2', 'sg-cache', 'sg-other']),
    cidrs: fc.array(cidr, { maxLength: 2 }),
    others: fc.constant<string[]>([]),
  });
  const group = (id: string) =>
    fc.record({
      id: fc.constant(id),
      ingress: fc.array(someRule, { maxLength: 3 }),
      egress: fc.array(someRule, { maxLength: 3 }),
    });
  const blocks = fc.subarray(['10.0.0.0/16', '10.1.0.0/16'], { minLength: 1 });
  const ends = fc.record({
    tasks: fc.tuple(group('sg-tasks-1'), group('sg-tasks-2')),
    cache: fc.tuple(group('sg-cache')),
    blocks,
  });
  const verdicts = new Set<boolean | undefined>();
  fc.assert(
    fc.property(ends, fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 8 }), ({ tasks, cache, blocks }, hosts) => {
      const { open } = pathTo(PORT, { groups: tasks, blocks }, { groups: cache, blocks });
      verdicts.add(open);
      const addresses = blocks.flatMap(block =>
        [0, 0x7fff, 0x8000, 0xffff, ...hosts].map(host => (bits(block)[1] ?? 0) * 65_536 + 10 * 2 ** 24 + host),
      );
      const ids = (groups: SecurityGroup[]) => groups.map(({ id }) => id);
      const passed = addresses.flatMap(from =>
        addresses.map(
          to =>
            passes(tasks, 'egress', { address: to, groups: ids(cache) }) &&
            passes(cache, 'ingress', { address: from, groups: ids(tasks) }),
        ),
      );
      if (open === true) expect(passed.every(Boolean)).toBe(true);
      if (open === false) expect(passed.some(Boolean)).toBe(false);
      // Every block is asked about at its ends and in its midst, where the ranges above begin and end.
      if (open === undefined) expect(passed.some(Boolean)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(verdicts).toEqual(new Set([true, false, undefined]));
});
