import { readExecution } from '../../adapters/automation.ts';
import { commit, load } from '../../adapters/incidents.ts';
import type { RunOutcome } from '../../domain/commands.ts';
import { madeWorse, relieved } from '../../domain/effect.ts';
import { resultOf } from '../../domain/execution.ts';
import type { Incident } from '../../domain/incident.ts';
import { alarmOf } from '../../domain/signal.ts';
import { minutesBetween } from '../../domain/time.ts';
import { judgeTraffic, type Traffic } from '../../domain/traffic.ts';
import { deployed } from '../deployed.ts';
import { entrypoint } from '../entrypoint.ts';
import { type AttemptEvent, RunEvent } from '../events.ts';
import { commitObserved, verifyService } from '../service-state.ts';
import { readTraffic } from '../traffic.ts';

/**
 * Whether a run did what it was for: the runbook ended well, the signals that fired are clear and the health URLs
 * answer. Until its time is up it may be asked again; then, not verified is failed.
 */
export const handler = entrypoint(RunEvent, async event => {
  const { slot, number, run, execution } = event;
  const incident = await load({ slot, number });
  if (!incident) throw new Error(`there is no incident ${slot} ${number}`);
  const read = await readExecution(execution);
  const { ended, reason, changed } = resultOf(read);
  if (ended === 'running') return { verdict: 'again', run };
  const ran: RunOutcome = { run, execution, ...(changed.length > 0 && { changed }) };
  if (ended === 'unchanged') return record(event, { ...ran, reason: cut(reason), unchanged: true });
  if (ended === 'failed') return record(event, { ...ran, reason: cut(reason) });
  const known = incident.runs.find(r => r.run === run);
  if (known && known.status !== 'running') return { verdict: 'done', run };
  if (known?.dryRun) return record(event, ran);
  const undone = incident.runs.find(r => r.run === known?.undoes);
  if (undone && (incident.status !== 'monitoring' || undone.status === 'failed'))
    return record(event, { ...ran, checks: [ENDED_WELL] });
  const step = incident.policy.playbook.plan.find(({ name }) => name === known?.step);
  if (step?.verifiedBy === 'runbook') return record(event, { ...ran, checks: [ENDED_WELL] });
  const { signals, checks: all } = await verifyService(incident);
  const after = await commitObserved(incident, signals);
  const relieves = step?.verifiedBy === 'health' && !known?.undoes;
  const health = all.filter(({ check }) => !alarmOf(check));
  const traffic = relieves || (step?.undo && !known?.undoes) ? await trafficSince(read.endedAt) : UNKNOWN;
  const checks = relieves ? [...health, relieved(traffic)] : all;
  const failing = health.filter(({ passed }) => !passed).length / Math.max(1, health.length);
  const harm = known && step?.undo && !known.undoes && madeWorse(known, traffic, failing);
  if (harm) return record(event, { ...ran, checks: [...checks, harm], worse: true });
  const passed = checks.every(check => check.passed);
  if (!passed && !timeIsUp(after, run, read.endedAt)) return { verdict: 'again', run };
  return record(event, { ...ran, checks });
});

const cut = (reason = 'no message') => reason.slice(0, 1000);

/** What is put back because nothing helped, or heals nothing, no signal can verify: its runbook looked for itself. */
const ENDED_WELL = { check: 'runbook', passed: true, seen: 'Success' };

async function record({ slot, number, attempt }: AttemptEvent, outcome: RunOutcome) {
  const { refused } = await commit(
    { slot, number },
    { type: 'record outcome', id: `verify/${outcome.run}`, attempt, outcome },
  );
  console.info({ message: 'run verified', run: outcome.run, reason: outcome.reason, refused });
  return { verdict: 'done', run: outcome.run };
}

const UNKNOWN: Traffic = { unknown: 'no whole minute' };

/** Asked only of what can be put back, or relieves. Unreadable, nobody can tell. */
async function trafficSince(ended = new Date().toISOString()): Promise<Traffic> {
  const { resources } = deployed();
  const now = new Date();
  try {
    return judgeTraffic(await readTraffic(resources, now), now, resources.minimumRequests, Date.parse(ended));
  } catch (error) {
    console.error({ message: 'what it did to the requests cannot be told', error: (error as Error).name });
    return UNKNOWN;
  }
}

/** The time to verify counts from the runbook's end. */
function timeIsUp({ policy, runs }: Incident, run: string, ended: string | undefined): boolean {
  const known = runs.find(r => r.run === run);
  const step = policy.playbook.plan.find(s => s.name === known?.step);
  const from = ended ?? known?.startedAt;
  return !step || !from || minutesBetween(from, new Date().toISOString()) >= step.verifyMinutes;
}
