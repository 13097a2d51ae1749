import { playbooksOf } from '../../domain/incident/troubles.ts';
import { AttemptEvent } from '../../inbound/attempt-event.ts';
import { investigate } from '../../investigation/investigate.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { load } from '../../store/incidents.ts';

/** Runs the checks of the playbook. A check that fails is a finding too, and stops nothing. */
export const handler = entrypoint(AttemptEvent, async ({ slot, number, attempt, after }) => {
  const incident = await load({ slot, number });
  if (!incident) throw new Error(`there is no incident ${slot} ${number}`);
  const findings = await investigate(...playbooksOf(incident));
  const { refused } = await commit(
    { slot, number },
    { type: 'record diagnosis', id: `diagnose/${attempt}/${after}`, attempt, findings },
  );
  console.info({ message: 'diagnosed', attempt, findings: findings.map(({ check, ok }) => ({ check, ok })), refused });
});
