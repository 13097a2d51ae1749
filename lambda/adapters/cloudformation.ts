import type { CustomResourceRequest } from '../inbound/custom-resource.ts';
import { send } from './http.ts';

/** The outcome of a request, by which CloudFormation goes on or rolls back. */
export type Outcome = { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string };

/** CloudFormation takes an answer of at most 4,096 bytes. */
const MAXIMUM_REASON = 1000;

/** Answers a request of CloudFormation, which waits until it is answered. @throws when nobody took the answer */
export async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CustomResourceRequest,
  PhysicalResourceId: string,
  outcome: Outcome,
): Promise<void> {
  const reason = outcome.Status === 'FAILED' ? { Reason: outcome.Reason.slice(0, MAXIMUM_REASON) } : {};
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...outcome, ...reason });
  // The URL is signed for a body without a type.
  await send(ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body, seconds: 10 });
}
