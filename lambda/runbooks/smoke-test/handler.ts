import * as v from 'valibot';
import { notVerified } from '../../domain/remediation/response.ts';
import { done, failed } from '../../domain/remedies/verdict.ts';
import { measureService } from '../../readings/service-measurement.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/**
 * Tests the service: the health URLs answer as they must, hardly any request has failed just now, responses are fast enough, and
 * all tasks run. Otherwise the verdict names the failed checks, and the runbook fails.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const { checks } = await measureService();
  const fault = notVerified(checks);
  if (fault !== undefined) return failed(`not well: ${fault}`);
  return { ...done(), passed: checks.map(({ check, seen }) => `${check}: ${seen}`) };
});
