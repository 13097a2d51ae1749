import type { Readings } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import { TIME } from '../incident/person.ts';
import { titleOfStep } from '../incident/policy.ts';
import type { ApprovalAnswer } from '../incident/records.ts';
import { reliefInPlace } from '../incident/reverts.ts';
import { playbooksOf, stepOf } from '../incident/troubles.ts';
import { waitingTime } from './approval.ts';
import { objectsNamed } from './evidence.ts';
import { isOff } from './guardrails.ts';
import { verdictOf, verdictWords } from './verdict.ts';

/** Why a person is needed when no step is left: a verdict on the plan, then every step with its result. */
export function handOverReason(incident: Incident, attempt: number, newlySkipped: Event[], readings: Readings): string {
  const firstAttempt = incident.roundBegunIn ?? attempt;
  const ran = incident.runs.filter(run => run.attempt >= firstAttempt && !run.undoes && !run.preview);
  const reasonsOf = new Map(Object.entries(incident.skipped).map(([step, { reasons }]) => [step, reasons]));
  for (const event of newlySkipped) if (event.type === 'StepSkipped') reasonsOf.set(event.step, event.reasons);
  const skipped = playbooksOf(incident)
    .flatMap(({ plan }) => plan)
    .flatMap(({ name, title }) => {
      const reasons = reasonsOf.get(name);
      reasonsOf.delete(name);
      return reasons && !ran.some(({ step }) => step === name) ? [{ title, reasons }] : [];
    });
  const sentences = [
    ...rehearsedSteps(incident, ran),
    ...ran
      .filter(({ status }) => status !== 'rehearsed')
      .map(run => `${run.title}: ${verdictWords(verdictOf(incident, run))}${run.reason ? ` (${run.reason})` : ''}`),
    ...incident.answers.flatMap(answer => (answer.approved ? [] : [notApproved(incident, answer)])),
    ...skipped.map(({ title, reasons }) => `${title}: not tried (${reasons.join('; ')})`),
  ];
  return sentences.length > 0
    ? `${verdictOn(incident, ran, readings)}. ${sentences.map(sentence => sentence.replace(/\.$/, '')).join('. ')}${stillRelieving(incident)}`
    : 'automation has no remedy for this';
}

function verdictOn(incident: Incident, ran: readonly Run[], readings: Readings): string {
  const verdicts = ran.filter(({ dryRun }) => !dryRun).map(run => verdictOf(incident, run).verdict);
  if (verdicts.some(verdict => verdict === 'helped' || verdict === 'done' || verdict === 'helped for a while'))
    return 'automation has done what it can, and the trouble is not over';
  if (verdicts.includes('did not help')) return 'what automation tried did not help';
  if (verdicts.length > 0) return 'automation could not run its runbooks to their end';
  if (readings.automation === 'unreadable')
    return 'the kill switch cannot be read, which counts as off, and automation changed nothing';
  if (isOff(readings)) return 'automation is switched off and changed nothing';
  return ran.length > 0 ? 'automation only observes here and changed nothing' : 'automation did nothing';
}

/**
 * Dry runs with their evidence and their object. Only the first would certainly have run: had it helped, no other would
 * have followed.
 */
function rehearsedSteps(incident: Incident, ran: readonly Run[]): string[] {
  return ran
    .filter(({ status }) => status === 'rehearsed')
    .map((run, i) => {
      const { title, objects, evidence } = run;
      const planned = stepOf(incident, run);
      const ids = (planned ? objectsNamed(planned) : []).flatMap(name => objects[name]?.split('/').at(-1) ?? []);
      const because = evidence ? ` (${[evidence, ...ids.map(id => `on ${id}`)].join('; ')})` : '';
      return i === 0 ? `It would have run: ${title}${because}` : `If that had not helped: ${title}${because}`;
    });
}

/** Whoever takes over must know which changes still relieve people while the cause is looked for. */
function stillRelieving(incident: Incident): string {
  const relieving = reliefInPlace(incident);
  return relieving.length > 0
    ? `. Stays until the signals are clear: ${relieving.map(run => `"${run.title}" (run ${run.run})`).join(', ')}`
    : '';
}

function notApproved(incident: Incident, { step, by, minutes }: ApprovalAnswer): string {
  const title = titleOfStep(incident.policy, step);
  return by === TIME ? `${title}: not approved within ${waitingTime(minutes)}` : `${title}: declined by ${by}`;
}
