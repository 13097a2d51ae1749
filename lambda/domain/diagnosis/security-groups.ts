/** One rule of a security group, in one direction. A protocol of `-1` is any, on any port. */
export interface Rule {
  protocol: string;
  fromPort?: number | undefined;
  toPort?: number | undefined;
  /** The groups that it lets through … */
  groups: string[];
  /** … the IPv4 ranges … */
  cidrs: string[];
  /** … and what cannot be judged from here: prefix lists, IPv6 ranges. */
  others: string[];
}

export interface SecurityGroup {
  id: string;
  ingress: Rule[];
  egress: Rule[];
}

/** One end of a path: its groups, of which each adds to what the others allow, and the IPv4 blocks of its VPC. */
export interface End {
  groups: SecurityGroup[];
  blocks: string[];
}

export interface Path {
  /** Undefined where nobody can tell. */
  open: boolean | undefined;
  /** Where it is blocked, or why nobody can tell. */
  faults: string[];
}

/**
 * Whether security groups let TCP from one end reach a port of the other: one group of `from` must let it out, and one
 * of `to` must let it in. Which addresses the ends have is not known, only their VPC. So a rule by CIDR is open only if the
 * ranges cover every block of the other end's VPC; one that covers a part of it leaves nobody able to tell, as do prefix
 * lists and IPv6 ranges.
 */
export function pathTo(port: number, from: End, to: End): Path {
  const out = allows(port, 'egress', from.groups, to);
  const into = allows(port, 'ingress', to.groups, from);
  const faults = [
    ...said(out, { of: from, direction: 'egress', port, towards: `to ${names(to)}` }),
    ...said(into, { of: to, direction: 'ingress', port, towards: `from ${names(from)}` }),
  ];
  if (out === false || into === false) return { open: false, faults };
  return { open: out === true && into === true ? true : undefined, faults };
}

interface Asked {
  of: End;
  direction: 'egress' | 'ingress';
  port: number;
  towards: string;
}

function said(open: boolean | undefined, { of, direction, port, towards }: Asked): string[] {
  if (open === true) return [];
  return open === false
    ? [`${names(of)} has no ${direction} rule for TCP ${port} ${towards}`]
    : [`the ${direction} rules of ${names(of)} for TCP ${port} are by prefix list, IPv6 or a part of the VPC`];
}

const names = ({ groups }: End) => groups.map(({ id }) => id).join(', ');

/** Undefined where a rule might allow it. */
function allows(
  port: number,
  direction: 'egress' | 'ingress',
  groups: SecurityGroup[],
  other: End,
): boolean | undefined {
  const rules = groups.flatMap(group => group[direction]).filter(rule => covers(rule, port));
  const named = new Set(other.groups.map(({ id }) => id));
  if (rules.some(rule => rule.groups.some(id => named.has(id)))) return true;
  const ranges = rules.flatMap(({ cidrs }) => cidrs).map(rangeOf);
  const blocks = other.blocks.map(rangeOf);
  const whole = (block: Range) => ranges.some(range => range.first <= block.first && block.last <= range.last);
  if (blocks.length > 0 && blocks.every(whole)) return true;
  const part = (block: Range) => ranges.some(range => range.first <= block.last && block.first <= range.last);
  const untold = rules.some(rule => rule.others.length > 0);
  return blocks.some(part) || (blocks.length === 0 && ranges.length > 0) || untold ? undefined : false;
}

/** TCP is also written by its number. */
function covers({ protocol, fromPort, toPort }: Rule, port: number): boolean {
  if (protocol === '-1') return true;
  return ['tcp', '6'].includes(protocol) && (fromPort ?? 0) <= port && port <= (toPort ?? 65_535);
}

interface Range {
  first: number;
  last: number;
}

/** @throws for what is no IPv4 range. */
function rangeOf(cidr: string): Range {
  const [, address = '', bits = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr) ?? [];
  if (!address) throw new Error(`${cidr} is no IPv4 range`);
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
