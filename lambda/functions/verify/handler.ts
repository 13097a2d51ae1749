import type * as v from 'valibot';
import { readExecution } from '../../adapters/automation.ts';
import { requestsFailing, requestsJudged } from '../../domain/diagnosis/service-health.ts';
import type { Traffic } from '../../domain/diagnosis/traffic.ts';
import type { RunOutcome } from '../../domain/incident/commands.ts';
import type { Check } from '../../domain/incident/events.ts';
import type { Incident, Run } from '../../domain/incident/incident.ts';
import type { Step } from '../../domain/incident/policy.ts';
import { alarmOf } from '../../domain/incident/signal.ts';
import { stepOf } from '../../domain/incident/troubles.ts';
import { minutesBetween } from '../../domain/kernel/time.ts';
import { reportOf, resultOf } from '../../domain/remediation/execution.ts';
import { harmCheck, impactOf, measuredNow } from '../../domain/remediation/impact.ts';
import { type AttemptEvent, RunEvent } from '../../inbound/attempt-event.ts';
import { commitObservedSignals, verifyService } from '../../readings/service-state.ts';
import { trafficSince, UNJUDGED } from '../../readings/traffic.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { load } from '../../store/incidents.ts';

/**
 * Verifies a run: the runbook succeeded, the signals that fired are clear, and the health URLs answer. The workflow repeats the
 * call until the time to verify is up; a run that is not verified by then has failed.
 */
export const handler = entrypoint(RunEvent, async event => {
  const { slot, number, run, execution } = event;
  const incident = await load({ slot, number });
  if (!incident) throw new Error(`there is no incident ${slot} ${number}`);
  const read = await readExecution(execution);
  const { ended, reason, changed } = resultOf(read);
  if (ended === 'running') return note(event);
  const { endedAt } = read;
  const ran: RunOutcome = { run, execution, ...(endedAt && { endedAt }), ...(changed.length > 0 && { changed }) };
  if (ended === 'unchanged') return record(event, { ...ran, reason: cut(reason), unchanged: true });
  // A run that changed nothing needs no revert.
  const unchanged = changed.length === 0 && { unchanged: true as const };
  if (ended === 'failed') return record(event, { ...ran, reason: cut(reason), ...unchanged });
  const known = incident.runs.find(r => r.run === run);
  if (known && known.status !== 'running') return { verdict: 'done', run };
  if (known?.dryRun) return record(event, { ...ran, report: reportOf(read) });
  const step = known && stepOf(incident, known);
  if (step?.verifiedBy === 'runbook') return record(event, { ...ran, checks: [ENDED_WELL] });
  const { signals, checks: all } = await verifyService(incident);
  const after = await commitObservedSignals(incident, signals);
  const health = all.filter(({ check }) => !alarmOf(check));
  const failing = health.filter(({ passed }) => !passed).length / Math.max(1, health.length);
  const own = all.filter(({ check }) => isOwn(after, known, check));
  const isTrafficDecisive = step?.revert || step?.verifiedBy === 'health' || own.length < all.length;
  const traffic = isTrafficDecisive ? await trafficSince(read.endedAt) : UNJUDGED;
  const verified = own.length < all.length ? [...own, requestsFailing(traffic)] : own;
  const checks = decisiveChecks(incident, known, step, { all: verified, health, traffic });
  const harm = known && step?.revert && harmCheck(known, traffic, failing);
  if (harm)
    return record(event, {
      ...{ ...ran, checks: [...checks, harm], impact: 'harmful', after: measuredNow(traffic, failing) },
    });
  const passed = checks.every(check => check.passed);
  if (!passed && !timeIsUp(after, run, read.endedAt)) return { verdict: 'again', run };
  const measured = measuredNow(isTrafficDecisive ? traffic : await trafficSince(read.endedAt), failing);
  const impact = known && !known.undoes && step?.revert ? impactOf(known.facts, measured) : undefined;
  return record(event, { ...ran, checks, after: measured, ...(impact && { impact }) });
});

/**
 * True unless the check is a signal of another trouble of the incident. Those follow by minutes, or have a cause of their own:
 * in their place requests must succeed.
 */
const isOwn = ({ signals }: Incident, run: Run | undefined, check: string) =>
  !run || (signals[check]?.playbook ?? run.playbook) === run.playbook;

interface Observations {
  /** Those of the run's own playbook, and of the service. */
  all: Check[];
  health: Check[];
  traffic: Traffic;
}

/**
 * The checks that verify a run. A step that should end the trouble, and the revert of one that did, need all checks; a step that
 * only relieves people needs those of health URLs and requests. A revert during the trouble cannot end it: it must only do no
 * harm, as soon as the traffic can be judged.
 */
function decisiveChecks(
  { resolution, runs }: Incident,
  run: Run | undefined,
  step: Step | undefined,
  { all, health, traffic }: Observations,
): Check[] {
  const reverted = runs.find(r => r.run === run?.undoes);
  const inTrouble = resolution || reverted?.revertRequestedAt || reverted?.status === 'failed';
  if (reverted && inTrouble) return [ENDED_WELL, requestsJudged(traffic)];
  return step?.verifiedBy === 'health' && !reverted ? [...health, requestsFailing(traffic)] : all;
}

/** Records the id of the execution, by which it can be stopped. */
async function note({ slot, number, attempt, run, execution }: v.InferOutput<typeof RunEvent>) {
  await commit({ slot, number }, { type: 'note execution', id: `execution/${run}`, attempt, run, execution });
  return { verdict: 'again', run };
}

const cut = (reason = 'no message') => reason.slice(0, 1000);

/** The check of a step that its own runbook verifies, because no signal shows its effect. */
const ENDED_WELL = { check: 'runbook', passed: true, seen: 'Success' };

async function record({ slot, number, attempt }: AttemptEvent, outcome: RunOutcome) {
  const { refused } = await commit(
    { slot, number },
    { type: 'record outcome', id: `verify/${outcome.run}`, attempt, outcome },
  );
  console.info({ message: 'run verified', run: outcome.run, reason: outcome.reason, refused });
  return { verdict: 'done', run: outcome.run };
}

/** The time to verify counts from the runbook's end. */
function timeIsUp(incident: Incident, run: string, ended: string | undefined): boolean {
  const known = incident.runs.find(r => r.run === run);
  const step = known && stepOf(incident, known);
  const from = ended ?? known?.startedAt;
  return !step || !from || minutesBetween(from, new Date().toISOString()) >= step.verifyMinutes;
}
