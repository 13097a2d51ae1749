import { assess, atLeast, type Facts, type Severity } from '../kernel/severity.ts';
import { isHarmed } from './harm.ts';
import type { Incident } from './incident.ts';
import type { Disruption } from './records.ts';

/** At most this many are kept apart; beyond them the oldest two become one. */
const LIMIT = 30;

/** The disruptions once these facts are known: one begins, goes on, or ends. */
export function disruptionsWith(
  { policy, playbook, disruptions }: Pick<Incident, 'policy' | 'playbook' | 'disruptions'>,
  facts: Facts,
  at: string,
): readonly Disruption[] {
  const last = disruptions.at(-1);
  const open = last && !last.to ? last : undefined;
  const before = open ? disruptions.slice(0, -1) : disruptions;
  if (!isHarmed({ policy, playbook, facts })) return open ? [...before, { ...open, to: at }] : disruptions;
  // Harm counts as a P3 at least.
  const severity = worse(assess(facts, policy.criteria).severity, 'P3');
  const current = open ? { ...open, severity: worse(severity, open.severity) } : { from: at, severity };
  return within([...before, current]);
}

function within(disruptions: readonly Disruption[]): readonly Disruption[] {
  const [first, second, ...rest] = disruptions;
  if (disruptions.length <= LIMIT || !first || !second) return disruptions;
  return [{ ...second, from: first.from, severity: worse(first.severity, second.severity) }, ...rest];
}

const worse = (one: Severity, other: Severity) => (atLeast(one, other) ? one : other);

/** The largest share of failing requests, of those known and those newly measured. */
export const worstOf = (
  { worst }: Pick<Incident, 'worst'>,
  ...measured: readonly { facts: Facts; at: string }[]
): Incident['worst'] =>
  measured.reduce((highest, { facts: { usersAffectedShare: share }, at }) => {
    if (share === undefined || (highest && share <= highest.share)) return highest;
    return { share, at };
  }, worst);
