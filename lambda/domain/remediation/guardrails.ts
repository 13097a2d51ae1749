import type { LedgerRun, Readings } from '../incident/commands.ts';
import type { EventOf, GuardrailResult, Skip } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import type { BlastRadius, Step } from '../incident/policy.ts';
import { stormReason } from '../intake/storm.ts';
import { percent } from '../kernel/numbers.ts';
import { atLeast } from '../kernel/severity.ts';
import { clockSince, dateTime, minutesBetween, minutesIfKnown, plusMinutes } from '../kernel/time.ts';
import { changedSinceApproval } from './approval.ts';
import type { CautiousStep } from './caution.ts';
import { causeMeasured, guardrailResult, needs, objectKnown } from './evidence.ts';
import { heldPlaybook } from './maintenance.ts';
import { changedNothing, heldBackTroubles } from './obstacles.ts';

/**
 * True if the run must change nothing: the step only observes, the incident is a drill, or automation is switched off.
 */
export const isDryRun = ({ drill }: Incident, { mode }: Step, readings: Readings): boolean =>
  drill === true || mode === 'observe' || isOff(readings);

/** Automation counts as switched off if the kill switch cannot be read. */
export const isOff = ({ automation }: Pick<Readings, 'automation'>) =>
  automation === 'unreadable' || automation.value !== 'on';

/** The guardrails that block an action, but not a dry run that shows it. */
const ONLY_FOR_ACTIONS: readonly GuardrailResult['guardrail'][] = [
  'kill switch',
  'maintenance window',
  'cooldown',
  'budget',
  'storm',
];

/** The guardrails that block a step. A dry run is blocked only by those without which it would show nothing useful. */
export function failedGuardrails(results: readonly GuardrailResult[], dryRun: boolean): GuardrailResult[] {
  const failed = results.filter(
    ({ passed, guardrail }) => !passed && !(dryRun && ONLY_FOR_ACTIONS.includes(guardrail)),
  );
  // Without its cause a step has no object either, and its other conditions do not matter.
  const hasNoCause = failed.some(({ guardrail }) => guardrail === 'cause');
  return hasNoCause ? failed.filter(({ guardrail }) => guardrail !== 'object' && guardrail !== 'needs') : failed;
}

/** Before the reason, where that alone would not say what it means for the step. */
const PREFIX: Partial<Record<GuardrailResult['guardrail'], string>> = {
  cause: 'not applicable: ',
  needs: 'not possible: ',
};

/** Why a guardrail kept a step from running, as people read it. */
const skipReason = ({ guardrail, reason }: GuardrailResult): string => `${PREFIX[guardrail] ?? ''}${reason}`;

/** The first of these that holds is what follows from a skipped step. */
const SKIPS: readonly Skip[] = ['held back', 'passing', 'unknown', 'no cause'];

/** Why a step is skipped whose guardrails have failed. */
export function skipOf(failed: readonly GuardrailResult[]): Pick<EventOf<'StepSkipped'>, 'reasons' | 'because'> {
  const because = SKIPS.find(skip => failed.some(result => result.because === skip));
  return { reasons: [...new Set(failed.map(skipReason))], ...(because && { because }) };
}

/** The result of every guardrail, in order, passed or not. */
export function guardrails(incident: Incident, step: CautiousStep, readings: Readings, now: string): GuardrailResult[] {
  return [
    killSwitch(readings),
    maintenanceWindow(incident, incident.attempt?.playbook ?? incident.playbook, readings, now),
    mode(incident, step, readings),
    cooldown(incident, step, readings, now),
    budget(incident, step, readings),
    blastRadius(incident, step),
    severity(incident, step),
    storm(incident, readings),
    objectKnown(incident, step),
    needs(incident, step),
    causeMeasured(incident, step, now),
  ];
}

/** The guardrails before a revert: people may have switched automation off, but nothing else may strand a change. */
export function revertGuardrails(
  incident: Incident,
  { playbook }: Pick<Run, 'playbook'>,
  readings: Readings,
  now: string,
): GuardrailResult[] {
  return [killSwitch(readings), maintenanceWindow(incident, playbook, readings, now)];
}

/** True once nothing holds back every plan that waits for another turn. */
export const mayTryAgain = (incident: Incident, readings: Readings, now: string): boolean =>
  heldBackTroubles(incident, now).some(trouble =>
    revertGuardrails(incident, trouble, readings, now).every(({ passed }) => passed),
  );

function killSwitch({ automation }: Readings): GuardrailResult {
  if (automation === 'unreadable')
    return guardrailResult('kill switch', false, 'the kill switch cannot be read, which counts as off', 'held back');
  return guardrailResult('kill switch', automation.value === 'on', `automation is ${automation.value}`, 'held back');
}

/** Maintenance of the service, or of what the playbook is about: its components, or an alarm of it that fires. */
function maintenanceWindow(
  incident: Incident,
  playbook: string,
  { maintenanceUntil, maintenance }: Readings,
  now: string,
): GuardrailResult {
  const result = (passed: boolean, reason: string) =>
    guardrailResult('maintenance window', passed, reason, 'held back');
  const until = Date.parse(maintenanceUntil ?? now);
  if (Number.isNaN(until)) return result(false, 'the maintenance window cannot be read, which means closed');
  if (until > Date.parse(now)) return result(false, `maintenance until ${dateTime(maintenanceUntil ?? now)}`);
  if (maintenance === 'unreadable') return result(false, 'mute rules cannot be read, which means closed');
  const held = heldPlaybook(incident, playbook, maintenance);
  if (held)
    return result(false, `${held.source}: ${held.reason}${held.until ? ` (until ${dateTime(held.until)})` : ''}`);
  return result(true, maintenanceUntil === undefined ? 'no maintenance' : 'maintenance is over');
}

function mode(incident: Incident, step: CautiousStep, readings: Readings): GuardrailResult {
  const answered = incident.attempt?.approved && incident.attempt.from === step.name;
  const changed = answered ? changedSinceApproval(incident, step) : undefined;
  const approved = answered && changed === undefined;
  const words = { off: 'switched off', observe: 'only observed', approve: needsApproval(step), auto: 'automatic' };
  if (step.mode === 'approve' && approved) return guardrailResult('mode', true, 'approved');
  // Nobody is asked to approve a step that would not run.
  if (step.mode === 'approve' && isOff(readings)) return guardrailResult('mode', true, 'would need approval');
  const isMode = step.mode === 'auto' || step.mode === 'observe';
  return guardrailResult('mode', isMode, changed ? `approved, but ${changed}` : words[step.mode]);
}

const needsApproval = ({ caution }: CautiousStep) => `needs approval${caution ? `: ${caution}` : ''}`;

function cooldown(incident: Incident, step: Step, { ledger }: Readings, now: string): GuardrailResult {
  if (ledger === 'unreadable') return guardrailResult('cooldown', false, 'earlier runs cannot be read', 'passing');
  const last = ledger
    .filter(run => run.runbook === step.runbook && run.target === step.target)
    .filter(run => run.run !== ownRunId(incident, step) && !cameToNothing(incident, run))
    .map(run => run.at)
    .sort()
    .at(-1);
  if (!last) return guardrailResult('cooldown', true, 'first run on this target');
  const minutes = minutesBetween(last, now);
  const ready = minutes >= step.cooldownMinutes;
  const ago = `last run ${Math.round(minutes)} min ago`;
  return guardrailResult(
    'cooldown',
    ready,
    ready ? ago : `${ago}, not again before ${clockSince(now, plusMinutes(last, step.cooldownMinutes))} UTC`,
    'passing',
  );
}

/**
 * The run that this attempt would start. When a command is retried, its reservation is in the ledger already, and is no
 * earlier run.
 */
const ownRunId = (incident: Incident, step: Step) => runId(incident, incident.attempt?.number ?? 0, step.name);

/** A run that ended before it changed anything uses up neither the cooldown nor the budget. */
const cameToNothing = ({ runs }: Incident, { run }: LedgerRun) =>
  runs.some(known => known.run === run && changedNothing(known));

/**
 * The budget is exhausted once its hours contain as many runs as it allows. Then it blocks until a person sets the kill
 * switch again.
 */
function budget(incident: Incident, step: Step, { ledger, automation }: Readings): GuardrailResult {
  if (ledger === 'unreadable' || automation === 'unreadable')
    return guardrailResult('budget', false, 'earlier runs cannot be read', 'passing');
  const { runs, hours } = incident.policy.budget;
  const released = ({ at }: LedgerRun) => Date.parse(at) <= Date.parse(automation.since);
  const counted = ledger.filter(
    run => run.run !== ownRunId(incident, step) && !released(run) && !cameToNothing(incident, run),
  );
  // A run whose time cannot be read is not outside the window, so it counts.
  const within = (first: LedgerRun) => counted.filter(({ at }) => !isOutside(minutesIfKnown(first.at, at), hours));
  const highestCount = Math.max(0, ...counted.map(run => within(run).length));
  const spent = `${highestCount} of ${runs} automatic runs in ${hours} h`;
  return guardrailResult(
    'budget',
    highestCount < runs,
    highestCount < runs ? spent : `${spent}: a person must release it`,
    'passing',
  );
}

const isOutside = (minutes: number, hours: number) => minutes < 0 || minutes > hours * 60;

function blastRadius(incident: Incident, { blastRadius }: Step): GuardrailResult {
  const { fact, leaves, reaches, maximumShare } = blastRadius;
  const whole = incident.facts[fact];
  if (whole === undefined)
    return guardrailResult('blast radius', false, 'how much it would touch could not be measured', 'unknown');
  const target = leaves ?? reaches;
  const touched = numberTouched(blastRadius, whole);
  if (whole <= 0 || touched <= 0)
    return guardrailResult(
      'blast radius',
      false,
      whole > 0 && target !== undefined
        ? `nothing to change: ${target} wanted, and there are ${whole}`
        : 'nothing to act on',
    );
  const share = touched / whole;
  const touches = reaches === undefined ? `at most ${touched} of ${whole}` : `${touched} more than ${whole}`;
  const words = `${touches} (${percent(share)}, limit ${percent(maximumShare)})`;
  return guardrailResult(
    'blast radius',
    share <= maximumShare,
    share <= maximumShare ? words : `too much at once: ${words}`,
  );
}

function numberTouched({ leaves, reaches, touches = 1 }: BlastRadius, whole: number): number {
  if (reaches !== undefined) return reaches - whole;
  return leaves === undefined ? Math.floor(whole * touches) : whole - leaves;
}

function severity(incident: Incident, step: Step): GuardrailResult {
  const isSevere = atLeast(incident.severity, step.minimumSeverity);
  return guardrailResult(
    'severity',
    isSevere,
    isSevere
      ? `${incident.severity}, at least ${step.minimumSeverity}`
      : `only from ${step.minimumSeverity} up, and this is a ${incident.severity}`,
  );
}

/** In a storm automation stands back, but for what a person has approved. */
function storm(incident: Incident, { others }: Readings): GuardrailResult {
  if (others === 'unreadable') return guardrailResult('storm', false, 'the open incidents cannot be read', 'passing');
  const reason = incident.attempt?.approved ? undefined : stormReason(incident, others);
  return guardrailResult('storm', reason === undefined, reason ?? 'no storm');
}

/** The ledger after a reservation: old runs are removed, and the same run is reserved once. */
export function reserve(ledger: readonly LedgerRun[], entry: LedgerRun, keepHours: number): LedgerRun[] {
  const recent = ledger.filter(run => minutesIfKnown(run.at, entry.at) <= keepHours * 60 && run.run !== entry.run);
  return [...recent, entry];
}

/** The id of a run: incident, attempt and step. */
export const runId = (incident: Incident, attempt: number, step: string): Run['run'] =>
  `${incident.id}/${attempt}/${step}`;
