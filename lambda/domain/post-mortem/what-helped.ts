import type { Incident, Run } from '../incident/incident.ts';
import { type Judged, verdictOf } from '../remediation/verdict.ts';

/** A run with the verdict on it. */
export interface JudgedRun {
  run: Run;
  judged: Judged;
}

export const judgedRuns = (incident: Incident): JudgedRun[] =>
  incident.runs.map(run => ({ run, judged: verdictOf(incident, run) }));

/** The runs that helped for good, in order. */
export const whatHelped = (incident: Incident): JudgedRun[] =>
  judgedRuns(incident).filter(({ judged }) => judged.verdict === 'helped');
