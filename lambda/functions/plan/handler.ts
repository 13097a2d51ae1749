import { createHash } from 'node:crypto';
import { alarmsOf } from '../../adapters/alarms.ts';
import type { OtherTrouble } from '../../domain/incident/commands.ts';
import type { IncidentEvent } from '../../domain/incident/events.ts';
import { stepOf } from '../../domain/incident/troubles.ts';
import { reserve } from '../../domain/remediation/guardrails.ts';
import { AttemptEvent } from '../../inbound/attempt-event.ts';
import {
  guardrailReadings,
  inForce,
  type MaintenanceRead,
  readMaintenance,
  signalsWithMaintenance,
} from '../../readings/maintenance.ts';
import { commitObservedSignals } from '../../readings/service-state.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { throwAny } from '../../runtime/failures.ts';
import { readAwsIssues } from '../../store/aws-issues.ts';
import { openIncidents } from '../../store/incident-lists.ts';
import { load } from '../../store/incidents.ts';
import { LedgerMoved, readLedger, writeLedger } from '../../store/ledger.ts';

/** Hours for which the ledger keeps runs: the longest cooldown or budget that can be configured. */
const LEDGER_HOURS = 168;

/** Attempts of other playbooks may reserve runs at the same moment: the guardrails are judged again, at most so often. */
const TRIES = 5;

/**
 * Decides the next step by every guardrail, and returns to the workflow the runbook to run, or the end. It reads the alarms first,
 * so that it acts on their current states and not on those of an earlier event.
 */
export const handler = entrypoint(AttemptEvent, async event => {
  const { slot, number } = event;
  const incident = await load({ slot, number });
  const described = incident ? await alarmsOf(incident) : [];
  let maintenance = await readMaintenance(described);
  if (incident) {
    const known = signalsWithMaintenance(incident, described, inForce(maintenance));
    await commitObservedSignals(incident, known);
  }
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await plan(event, maintenance);
    } catch (error) {
      if (!(error instanceof LedgerMoved)) throw error;
      maintenance = await readMaintenance(described);
    }
  }
  throw new LedgerMoved(`the ledger moved ${TRIES} times in a row; the workflow retries`);
});

async function plan({ slot, number, attempt, after }: AttemptEvent, maintenance: MaintenanceRead) {
  const [ledger, others, awsIssues] = await Promise.all([
    readLedger(service()).catch((error: Error) => {
      console.error({ message: 'the ledger cannot be read, which means do not act', error: error.name });
      return 'unreadable' as const;
    }),
    otherTroubles().catch((error: Error) => {
      console.error({ message: 'the open incidents cannot be read, which means do not act', error: error.name });
      return 'unreadable' as const;
    }),
    readAwsIssues(service()).catch((error: Error) => {
      console.error({ message: 'the issues of AWS cannot be read, which means ask', error: error.name });
      return 'unreadable' as const;
    }),
  ]);
  const readings = {
    ...guardrailReadings(maintenance),
    ...{ ledger: ledger === 'unreadable' ? ledger : ledger.runs, others, awsIssues },
  };
  const command = { type: 'next step', id: `plan/${attempt}/${after}`, attempt, readings } as const;
  const { incident, events, refused } = await commit({ slot, number }, command, async (decided, incident) => {
    const started = startedIn(decided);
    const run = incident.runs.find(({ run }) => run === started?.run);
    const step = run && stepOf(incident, run);
    if (!started || !step || started.dryRun || started.undoes || ledger === 'unreadable') return;
    const { runbook, at } = started;
    await writeLedger(
      service(),
      reserve(ledger.runs, { run: started.run, runbook, target: step.target, at }, LEDGER_HOURS),
      ledger,
    );
  });
  const started = startedIn(events);
  console.info({ message: 'planned', incident: incident?.id, step: started?.step, run: started?.run, refused });
  const [requested] = events.flatMap(event => (event.type === 'ResponseRequested' ? [event] : []));
  if (requested) return { next: 'turn', attempt: requested.attempt };
  if (!started) return { next: 'end' };
  const parameters = Object.fromEntries(Object.entries(started.parameters).map(([name, value]) => [name, [value]]));
  return { next: 'run', run: started.run, document: started.document, parameters, clientToken: tokenOf(started.run) };
}

/** The troubles of other services. Drills are left out, because they change nothing. */
async function otherTroubles(): Promise<OtherTrouble[]> {
  const { incidents, failures } = await openIncidents();
  throwAny(failures);
  return incidents
    .filter(incident => incident.service !== service() && !incident.drill)
    .flatMap(({ service, troubles }) => troubles.map(({ playbook, since }) => ({ service, playbook, since })));
}

const startedIn = (events: IncidentEvent[]) => events.flatMap(e => (e.type === 'StepStarted' ? [e] : []))[0];

/** The token that makes starting a run idempotent: a UUID, the same for the same run. */
function tokenOf(run: string): string {
  const hex = createHash('sha256').update(run).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
