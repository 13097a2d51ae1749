import { findExecution, readExecution, stopExecution } from '../../adapters/automation.ts';
import type { Obligation } from '../../domain/incident/commands.ts';
import { attemptUnderWay, type Incident } from '../../domain/incident/incident.ts';
import { minutesBetween } from '../../domain/kernel/time.ts';
import { resultOf } from '../../domain/remediation/execution.ts';
import { isOff } from '../../domain/remediation/guardrails.ts';
import { switchesNow } from '../../readings/maintenance.ts';
import { commit } from '../../runtime/command-handler.ts';
import { keyOf } from '../../store/keys.ts';

/** Switched off while a runbook acts, automation stops: the attempt ends, and its execution is stopped with it. */
export async function obeySwitch(incident: Incident): Promise<Incident> {
  const attempt = attemptUnderWay(incident);
  if (!attempt || !incident.runs.some(({ status, dryRun }) => status === 'running' && !dryRun)) return incident;
  const switches = await switchesNow();
  // The switch is thrown by the service that does not answer; a runbook cut short would leave half a change.
  if (switches.unanswered || !isOff(switches)) return incident;
  const { number } = attempt;
  const reason = 'automation was switched off while a runbook was running';
  const command = { type: 'end response', id: `switched off/${number}`, attempt: number, reason } as const;
  return (await commit(keyOf(incident), command)).incident ?? incident;
}

/** Stops an execution that no attempt waits for any more, and tells what it had changed. One that has not begun is asked for again. */
export async function stop(
  incident: Incident,
  { run, execution: noted }: Extract<Obligation, { type: 'stop execution' }>,
) {
  const execution = noted ?? (await find(incident, run));
  if (!execution) return isListedByNow(incident, run) ? record(incident, run, []) : undefined;
  await stopExecution(execution);
  const { changed } = resultOf(await readExecution(execution));
  await record(incident, run, changed);
  console.info({ message: 'execution stopped', incident: incident.id, run, execution });
}

const record = async (incident: Incident, run: string, changed: readonly string[]): Promise<void> =>
  void (await commit(keyOf(incident), { type: 'record stop', id: `stopped/${run}`, run, changed }));

/** Minutes after which an execution that Systems Manager does not list has not begun: the workflow tries to start it for five. */
const LISTED_MINUTES = 10;

const isListedByNow = ({ runs }: Incident, run: string) =>
  minutesBetween(runs.find(other => other.run === run)?.startedAt ?? '', new Date().toISOString()) >= LISTED_MINUTES;

/** The execution of a run, where its id was not noted in time. */
async function find({ runs }: Incident, run: string): Promise<string | undefined> {
  const started = runs.find(other => other.run === run);
  return started && findExecution({ ...started, at: started.startedAt, role: process.env['RESPONSE_ROLE'] ?? '' });
}
