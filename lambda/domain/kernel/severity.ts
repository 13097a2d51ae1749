import { countOf, percent, rounded } from './numbers.ts';

/** Severity levels of the runbook, section 1: P1 is the most severe. */
export type Severity = 'P1' | 'P2' | 'P3' | 'P4';

export const SEVERITIES: readonly Severity[] = ['P1', 'P2', 'P3', 'P4'];

export const SEVERITY_NAMES: Record<Severity, string> = { P1: 'Critical', P2: 'High', P3: 'Medium', P4: 'Low' };

/** The meaning of each severity, in the runbook's words. */
export const SEVERITY_MEANINGS: Record<Severity, string> = {
  P1: 'service down',
  P2: 'major impact',
  P3: 'partial impact',
  P4: 'minimal impact',
};

/** Criteria that no measurement can decide. People weigh them, and set the severity. */
const JUDGED_BY_PEOPLE: Record<Severity, readonly string[]> = {
  P1: [],
  P2: [],
  P3: [],
  P4: ['general questions', 'feature requests', 'minor cosmetic issues'],
};

/**
 * The name of something that can be measured, counted or declared: people declare facts, signals are counted, checks
 * find facts (`checks.ts`), and playbooks measure facts of their own. Synthesis fails for a step that names an unknown
 * fact.
 */
export type Fact = string;

/** The known facts. Shares are 0 to 1; yes and no are 1 and 0. An absent fact is unknown. */
export type Facts = Partial<Record<Fact, number>>;

/** The share of people who are served badly, 0 to 1, as far as it was measured. */
export const AFFECTED_SHARE = 'affectedShare';

/**
 * Adds the affected share: the larger of the shares that the load balancer and the health URLs report. Absent while
 * neither reports one.
 */
export function withAffected(facts: Facts): Facts {
  const shares = [facts.usersAffectedShare, facts.healthFailingShare].filter(share => share !== undefined);
  return shares.length > 0 ? { ...facts, [AFFECTED_SHARE]: Math.max(...shares) } : facts;
}

/**
 * One line of the runbook's severity table: it holds when the fact reaches or exceeds its bound. It is data, so that it
 * can be frozen into an incident.
 */
export interface Criterion {
  severity: Severity;
  /** The runbook's own words. */
  criterion: string;
  fact: Fact;
  /** The fact must exceed this value … */
  over?: number;
  /** … or reach this one. */
  atLeast?: number;
  /** The unit of the number in texts: a share as per cent, a count, or seconds. */
  unit?: 'share' | 'count' | 'seconds';
  /** The words before the number, where the runbook's own exclude a bound that counts. @default criterion */
  told?: string;
  /** The criterion gives no severity alone; it is a reason beside others. A workaround alone is no trouble. */
  beside?: true;
}

/** The reason for a severity: the criterion, and the number that met it. */
export interface Reason {
  severity: Severity;
  criterion: string;
  text: string;
}

export interface Assessment {
  severity: Severity;
  reasons: Reason[];
}

/** Seconds that an answer takes: on average, and the least for the slowest twentieth. */
export interface ResponseBounds {
  average: number;
  p95: number;
}

/** The numbers that the runbook's table leaves open. */
export interface CriteriaBounds {
  /** The share of failing requests, 0 to 1, below which nobody is affected. */
  failingShare: number;
  /** The bounds from which people notice slow answers (`noticeable`), and from which they give up (`severe`). */
  noticeable: ResponseBounds;
  severe: ResponseBounds;
}

/**
 * The defaults follow Nielsen (1993): one second is the limit of an uninterrupted train of thought, ten seconds that of
 * attention. People notice an average of twice the first limit. They leave when one in twenty waits for ten seconds, or
 * everybody for half of that.
 */
export const USUAL_BOUNDS: CriteriaBounds = {
  failingShare: 0.05,
  noticeable: { average: 2, p95: 5 },
  severe: { average: 5, p95: 10 },
};

/** Health URLs are requested once a minute, so their one answer is compared with the bound for the slowest. */
const slow = (severity: Severity, criterion: string, { average, p95 }: ResponseBounds): Criterion[] => [
  { severity, criterion, fact: 'responseSeconds', atLeast: average, unit: 'seconds' },
  { severity, criterion, fact: 'responseP95Seconds', atLeast: p95, unit: 'seconds' },
  { severity, criterion, fact: 'healthSeconds', atLeast: p95, unit: 'seconds' },
];

const share = (severity: Severity, criterion: string, bound: Pick<Criterion, 'fact' | 'over' | 'atLeast'>) =>
  ({ severity, criterion, unit: 'share', ...bound }) as const;

const count = (severity: Severity, criterion: string, fact: Fact) =>
  ({ severity, criterion, fact, atLeast: 1, unit: 'count' }) as const;

/** The runbook's table (section 1), in its order. The configuration of a service may add criteria. */
export const runbookCriteria = ({ failingShare, noticeable, severe }: CriteriaBounds): readonly Criterion[] => [
  share('P1', 'complete service unavailability', { fact: 'healthFailingShare', atLeast: 1 }),
  { severity: 'P1', criterion: 'data loss or corruption', fact: 'dataLoss', atLeast: 1 },
  { severity: 'P1', criterion: 'security breach', fact: 'securityBreach', atLeast: 1 },
  share('P1', 'more than 50 % of users affected', { fact: 'usersAffectedShare', over: 0.5 }),
  share('P2', 'more than 25 % of users affected', { fact: 'usersAffectedShare', over: 0.25 }),
  count('P2', 'core functionality impaired', 'criticalSignals'),
  share('P2', 'core functionality impaired', { fact: 'healthFailingShare', over: 0 }),
  ...slow('P2', 'performance severely degraded', severe),
  { severity: 'P2', criterion: 'workaround available', fact: 'workaround', atLeast: 1, beside: true },
  {
    ...share('P3', 'less than 25 % of users affected', { fact: 'usersAffectedShare', atLeast: failingShare }),
    // The runbook's table says nothing about exactly 25 %: it is not more than 25 %, so it belongs here.
    told: 'up to 25 % of users affected',
  },
  ...slow('P3', 'performance noticeably degraded', noticeable),
  count('P3', 'non-critical features affected', 'warningSignals'),
  { severity: 'P3', criterion: 'workaround available', fact: 'workaround', atLeast: 1, beside: true },
];

export const RUNBOOK_CRITERIA = runbookCriteria(USUAL_BOUNDS);

/** The facts that say how well people are served, measured each minute while an incident is open. */
export const SERVICE_FACTS: readonly Fact[] = [
  'usersAffectedShare',
  'healthFailingShare',
  'responseSeconds',
  'responseP95Seconds',
  'healthSeconds',
];

const FACT_NAMES: Partial<Record<Fact, string>> = {
  healthFailingShare: 'of health URLs failing',
  usersAffectedShare: 'of requests failing',
  responseSeconds: 'for an answer on average',
  responseP95Seconds: 'for one answer in twenty',
  healthSeconds: 'for the slowest health URL',
  criticalSignals: 'critical alarm',
  warningSignals: 'warning alarm',
  dataLoss: 'declared',
  securityBreach: 'declared',
  workaround: 'declared',
};

/** The number with what it counts: "38 % of requests failing". */
function measuredWords({ fact, unit, over }: Criterion, value: number): string {
  const name = FACT_NAMES[fact] ?? fact;
  if (unit === 'share') return `${shareWords(value, over)} ${name}`;
  if (unit === 'seconds') return `${rounded(value, 1)} s ${name}`;
  return unit === 'count' ? `${countOf(value, name)} firing` : name;
}

/** A share over a bound must not be rounded to that bound: "more than 25 %: 25 %" contradicts itself. */
const shareWords = (share: number, bound?: number) =>
  bound !== undefined && share > bound && Number.parseFloat(percent(share)) <= Number.parseFloat(percent(bound))
    ? `just over ${percent(bound)}`
    : percent(share);

/**
 * The criteria of a severity, one row for each of the runbook's wordings, with when it is met. Criteria without a
 * number are left to people.
 */
export function criteriaFor(severity: Severity, criteria: readonly Criterion[]): CriterionRow[] {
  const own = criteria.filter(criterion => criterion.severity === severity);
  const words = [...new Set(own.map(({ criterion }) => criterion))];
  return [
    ...words.map(text => {
      const bounds = own.filter(({ criterion }) => criterion === text);
      return { text, met: bounds.map(boundWords).join(', or '), facts: bounds.map(({ fact }) => fact) };
    }),
    ...JUDGED_BY_PEOPLE[severity].map(text => ({ text, met: 'people judge', facts: [] })),
  ];
}

export interface CriterionRow {
  text: string;
  /** When the criterion is met, in words. */
  met: string;
  /** The facts that decide the criterion; none where only people can judge. */
  facts: Fact[];
}

/** When a criterion holds, in words: "over 25 % of requests failing". */
function boundWords({ fact, over, atLeast, unit, beside }: Criterion): string {
  const name = FACT_NAMES[fact] ?? fact;
  if (beside) return `${name}, beside another`;
  if (unit === 'count') return `${atLeast ?? `more than ${over}`} ${name} firing`;
  if (unit === 'seconds') return `${atLeast} s or more ${name}`;
  if (unit !== 'share') return name;
  if (over === 0) return `any share ${name}`;
  if (over !== undefined) return `over ${percent(over)} ${name}`;
  return `${percent(atLeast ?? 0)}${atLeast === 1 ? '' : ' or more'} ${name}`;
}

/** True if the criterion holds. An unknown fact meets no criterion. */
function holds({ fact, over, atLeast }: Criterion, facts: Facts): boolean {
  const value = facts[fact];
  if (value === undefined || Number.isNaN(value)) return false;
  return (over !== undefined && value > over) || (atLeast !== undefined && value >= atLeast);
}

/**
 * Assesses facts: the most severe criterion that holds decides, and every criterion of that severity that holds is a
 * reason. Without any known fact the severity is P4.
 */
export function assess(facts: Facts, criteria: readonly Criterion[]): Assessment {
  const met = criteria.filter(criterion => !criterion.beside && holds(criterion, facts));
  const severity = SEVERITIES.find(level => met.some(criterion => criterion.severity === level)) ?? 'P4';
  const reasons = met.filter(criterion => criterion.severity === severity).map(criterion => reasonOf(criterion, facts));
  if (reasons.length > 0) return { severity, reasons };
  return {
    severity,
    reasons: [
      { severity, criterion: SEVERITY_MEANINGS.P4, text: `${SEVERITY_MEANINGS.P4}: no criterion of P1 to P3 is met` },
    ],
  };
}

const reasonOf = (criterion: Criterion, facts: Facts): Reason => ({
  severity: criterion.severity,
  criterion: criterion.criterion,
  text: `${criterion.told ?? criterion.criterion}: ${measuredWords(criterion, facts[criterion.fact] ?? 0)}`,
});

/** Adds to the reasons of a severity the declared criteria that stand beside others. */
export const withBesides = (
  severity: Severity,
  reasons: readonly Reason[],
  { declared, criteria }: { declared: Facts; criteria: readonly Criterion[] },
): Reason[] => {
  const besides = criteria.filter(({ beside }) => beside);
  return [
    ...reasons.filter(reason => besides.every(({ criterion }) => criterion !== reason.criterion)),
    ...besides
      .filter(criterion => criterion.severity === severity && holds(criterion, declared))
      .map(criterion => reasonOf(criterion, declared)),
  ];
};

/** The severity by how well people are served alone, as far as that is known. */
export const assessService = (facts: Facts, criteria: readonly Criterion[]): Assessment =>
  assess(Object.fromEntries(SERVICE_FACTS.map(fact => [fact, facts[fact]])), criteria);

/**
 * How well people are served, in words: "30 % of requests failing, 50 % of health URLs failing, 6 s for an answer on
 * average".
 */
export function serviceWords(facts: Facts): string {
  const { usersAffectedShare: share, healthFailingShare: health, responseSeconds: seconds } = facts;
  const parts = [
    share === undefined ? 'too few requests to judge' : `${percent(share)} of requests failing`,
    ...(health ? [`${percent(health)} of health URLs failing`] : []),
    ...(seconds === undefined ? [] : [`${rounded(seconds, 1)} s for an answer on average`]),
  ];
  return parts.join(', ');
}

/** Replaces the measurement of how people are served. A fact that could not be measured this time becomes unknown. */
export function withService(facts: Facts, measured: Facts): Facts {
  const others = Object.entries(facts).filter(([fact]) => fact !== AFFECTED_SHARE && !SERVICE_FACTS.includes(fact));
  return withAffected({ ...Object.fromEntries(others), ...measured });
}

/** True if `severity` is at least as severe as `floor`. */
export function atLeast(severity: Severity, floor: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
}
