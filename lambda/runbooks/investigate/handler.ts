import * as v from 'valibot';
import { done } from '../../domain/remedies/verdict.ts';
import { investigate } from '../../investigation/investigate.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** The investigation of every playbook at once, for a person who runs it from the console: one line a finding. */
export const handler = entrypoint(v.unknown(), async () => {
  const findings = await investigate(...Object.values(deployed().policies).map(({ playbook }) => playbook));
  return {
    ...done(),
    findings: findings.map(({ ok, summary }) => `${ok === null ? '?' : ok ? 'ok' : 'NOT OK'}  ${summary}`),
  };
});
