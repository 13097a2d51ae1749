import * as v from 'valibot';
import { notVerified } from '../../domain/remediation/response.ts';
import { done, failed } from '../../domain/remedies/verdict.ts';
import { measureService } from '../../readings/service-measurement.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/**
 * Whether the service serves people: its health URLs answer as they must, next to no request has failed just now, answers
 * come in time, and all tasks run. Else its verdict names what is not well, so that the runbook fails.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const { checks } = await measureService();
  const fault = notVerified(checks);
  if (fault !== undefined) return failed(`not well: ${fault}`);
  return { ...done(), passed: checks.map(({ check, seen }) => `${check}: ${seen}`) };
});
