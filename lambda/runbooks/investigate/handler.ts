import * as v from 'valibot';
import { done } from '../../domain/remedies/verdict.ts';
import { investigate } from '../../investigation/investigate.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Runs the checks of all playbooks, for a person who starts it from the console. Each finding is one line. */
export const handler = entrypoint(v.unknown(), async () => {
  const findings = await investigate(...(await deployedPolicy()).playbooks);
  return {
    ...done(),
    findings: findings.map(({ ok, summary }) => `${ok === null ? '?' : ok ? 'ok' : 'NOT OK'}  ${summary}`),
  };
});
