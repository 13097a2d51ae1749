import type { Incident, Run } from '../incident/incident.ts';
import { stepOf } from '../incident/troubles.ts';
import { inSeconds, percent } from '../kernel/numbers.ts';
import { impactOf, type Measured, SUFFERING } from './impact.ts';

/**
 * The verdict on a step, in the words that every message uses.
 * - `helped`: it was verified, or measurements show that people were served better after it.
 * - `helped for a while`: it helped, and the trouble came back.
 * - `did not help`: its runbook did what it should, and neither signals nor measurements got better; or it made it worse.
 * - `not tried`: it was left out, not approved, or ran dry.
 * - `could not be run`: its runbook failed or was stopped.
 * - `done`: it was carried out, and was not meant to end the trouble: a revert, or a step that only its own runbook verifies.
 * - `not known`: it is under way, or nobody heard how it ended.
 */
export type StepVerdict =
  | 'helped'
  | 'helped for a while'
  | 'did not help'
  | 'not tried'
  | 'could not be run'
  | 'done'
  | 'not known';

export interface Judged {
  verdict: StepVerdict;
  /** How people were served before and after it: "from 40 % to 0 % of requests failing". Null where nothing measured them suffering. */
  measure: string | null;
  /** More people suffered after it than before, or do so by now. */
  madeWorse: boolean;
}

/** The verdict on one run of a step. */
export function verdictOf(incident: Incident, run: Run): Judged {
  const { impact, returnedAt } = run;
  const verdict = verdictAtItsEnd(incident, run);
  const isHarmful = impact === 'harmful';
  return {
    verdict: verdict === 'helped' && (returnedAt !== undefined || isHarmful) ? 'helped for a while' : verdict,
    measure: verdict === 'not tried' ? null : measureOf(run),
    madeWorse: isHarmful,
  };
}

/** The verdict when its outcome was recorded. */
function verdictAtItsEnd(incident: Incident, run: Run): StepVerdict {
  const { status, dryRun, undoes, abandoned, carriedOut, facts, after } = run;
  if (dryRun || status === 'rehearsed') return 'not tried';
  if (status === 'running' || abandoned) return 'not known';
  const isAid = undoes !== undefined || stepOf(incident, run)?.verifiedBy === 'runbook';
  if (status === 'succeeded') return isAid ? 'done' : 'helped';
  if (!carriedOut) return 'could not be run';
  const effect = after && impactOf(facts, after);
  const hasRelieved = effect === 'relieved' || (effect === undefined && run.impact === 'relieved');
  return hasRelieved && undoes === undefined ? 'helped' : 'did not help';
}

/** The first of these that was bad before or after. */
const MEASURES: { fact: keyof Measured; bad: number; words: (was: number, is: number) => string }[] = [
  {
    fact: 'usersAffectedShare',
    bad: SUFFERING.share,
    words: (was, is) => `from ${percent(was)} to ${percent(is)} of requests failing`,
  },
  {
    fact: 'healthFailingShare',
    bad: SUFFERING.share,
    words: (was, is) => `from ${percent(was)} to ${percent(is)} of health URLs failing`,
  },
  {
    fact: 'responseSeconds',
    bad: SUFFERING.seconds,
    words: (was, is) => `from ${inSeconds(was)} to ${inSeconds(is)} for an answer`,
  },
];

function measureOf({ facts, after = {} }: Run): string | null {
  for (const { fact, bad, words } of MEASURES) {
    const [was, is] = [facts[fact], after[fact]];
    if (was !== undefined && is !== undefined && Math.max(was, is) >= bad) return words(was, is);
  }
  return null;
}

/** "helped: from 40 % to 0 % of requests failing", "did not help, and made it worse: from 10 % to 40 % of requests failing". */
export const verdictWords = ({ verdict, measure, madeWorse }: Judged): string =>
  `${verdict}${madeWorse ? (verdict === 'helped for a while' ? ', then made it worse' : ', and made it worse') : ''}${measure ? `: ${measure}` : ''}`;

/** True of verdicts by which a step counts as a success. */
export const isSuccess = ({ verdict, madeWorse }: Judged): boolean =>
  !madeWorse && (verdict === 'helped' || verdict === 'done');
