/** One rule of a security group, in one direction. The protocol `-1` is any protocol on any port. */
export interface Rule {
  protocol: string;
  fromPort?: number | undefined;
  toPort?: number | undefined;
  /** The groups that it allows … */
  groups: string[];
  /** … the IPv4 ranges … */
  cidrs: string[];
  /** … and the sources that cannot be judged here: prefix lists, IPv6 ranges. */
  others: string[];
}

export interface SecurityGroup {
  id: string;
  ingress: Rule[];
  egress: Rule[];
}

/** One end of a path: its groups, each of which adds to what the others allow, and the IPv4 blocks of its VPC. */
export interface End {
  groups: SecurityGroup[];
  blocks: string[];
}

export interface Path {
  /** Undefined if it cannot be determined. */
  open: boolean | undefined;
  /** The places where the path is blocked, or the reasons why it cannot be determined. */
  faults: string[];
}

/**
 * Judges whether security groups allow TCP from one end to a port of the other: a group of `from` must allow egress,
 * and a group of `to` must allow ingress. Only the VPC of an end is known, not its addresses. So a rule by CIDR opens
 * the path only if the ranges cover every block of the other end's VPC. A rule that covers a part of it, a prefix list
 * or an IPv6 range leaves the result undefined.
 */
export function pathTo(port: number, from: End, to: End): Path {
  const egress = allows(port, 'egress', from.groups, to);
  const ingress = allows(port, 'ingress', to.groups, from);
  const faults = [
    ...pathFaults(egress, { end: from, direction: 'egress', port, towards: `to ${groupIds(to)}` }),
    ...pathFaults(ingress, { end: to, direction: 'ingress', port, towards: `from ${groupIds(from)}` }),
  ];
  if (egress === false || ingress === false) return { open: false, faults };
  return { open: egress === true && ingress === true ? true : undefined, faults };
}

interface RuleNeeded {
  end: End;
  direction: 'egress' | 'ingress';
  port: number;
  towards: string;
}

function pathFaults(open: boolean | undefined, { end, direction, port, towards }: RuleNeeded): string[] {
  if (open === true) return [];
  return open === false
    ? [`${groupIds(end)} has no ${direction} rule for TCP ${port} ${towards}`]
    : [`the ${direction} rules of ${groupIds(end)} for TCP ${port} are by prefix list, IPv6 or a part of the VPC`];
}

const groupIds = ({ groups }: End) => groups.map(({ id }) => id).join(', ');

/** Undefined where a rule might allow it. */
function allows(
  port: number,
  direction: 'egress' | 'ingress',
  groups: SecurityGroup[],
  other: End,
): boolean | undefined {
  const rules = groups.flatMap(group => group[direction]).filter(rule => covers(rule, port));
  const otherIds = new Set(other.groups.map(({ id }) => id));
  if (rules.some(rule => rule.groups.some(id => otherIds.has(id)))) return true;
  const ranges = rules.flatMap(({ cidrs }) => cidrs).map(rangeOf);
  const blocks = other.blocks.map(rangeOf);
  const isCovered = (block: Range) => ranges.some(range => range.first <= block.first && block.last <= range.last);
  if (blocks.length > 0 && blocks.every(isCovered)) return true;
  const isTouched = (block: Range) => ranges.some(range => range.first <= block.last && block.first <= range.last);
  const isUndecided = rules.some(rule => rule.others.length > 0);
  return blocks.some(isTouched) || (blocks.length === 0 && ranges.length > 0) || isUndecided ? undefined : false;
}

/** The protocol number 6 is TCP as well. */
function covers({ protocol, fromPort, toPort }: Rule, port: number): boolean {
  if (protocol === '-1') return true;
  return ['tcp', '6'].includes(protocol) && (fromPort ?? 0) <= port && port <= (toPort ?? 65_535);
}

interface Range {
  first: number;
  last: number;
}

/** @throws Error if the text is not an IPv4 range. */
function rangeOf(cidr: string): Range {
  const [, address = '', bits = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr) ?? [];
  if (!address) throw new Error(`${cidr} is no IPv4 range`);
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
