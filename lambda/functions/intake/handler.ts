import * as v from 'valibot';
import type { QueuedMessage } from '../../adapters/signal-queue.ts';
import { startResponse } from '../../adapters/step-functions.ts';
import { HEALTH_EVENT } from '../../domain/incident/aws-issues.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import type { Signal } from '../../domain/incident/signal.ts';
import { EXECUTION_EVENT } from '../../domain/remediation/dead-execution.ts';
import { type Received, receiveAll } from '../../runtime/command-handler.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { receiveHealth } from './aws-health.ts';
import { receiveDeaths } from './dead-executions.ts';
import { hasDetailType } from './detail-type.ts';
import { type Failure, isPoison, retryOrSetAside } from './failures.ts';
import { readSignal } from './read-signal.ts';

/** A batch as Lambda takes it from the queue. */
const Batch = v.object({
  Records: v.array(
    v.object({
      ...{ messageId: v.string(), receiptHandle: v.string(), body: v.string() },
      attributes: v.object({ ApproximateReceiveCount: v.pipe(v.string(), v.transform(Number)) }),
    }),
  ),
});

/**
 * Receives changes of alarms' states: they open or update incidents, and start the responses that these request. What AWS Health
 * reports opens none: it is remembered. A response whose execution died is handed over.
 */
export const handler = entrypoint(Batch, async ({ Records }) => {
  const of = (type: string) => Records.filter(message => hasDetailType(message, type));
  const [reports, deaths] = [of(HEALTH_EVENT), of(EXECUTION_EVENT)];
  const messages = Records.filter(message => !reports.includes(message) && !deaths.includes(message));
  const others = Promise.all([receiveHealth(reports), receiveDeaths(deaths)]);
  const [policy] = await Promise.allSettled([deployedPolicy()]);
  const failures =
    policy.status === 'fulfilled'
      ? await receiveMessages(messages, policy.value)
      : messages.map(message => ({ message, error: withoutPolicy(policy.reason) }));
  return { batchItemFailures: await retryOrSetAside([...failures, ...(await others).flat()]) };
});

/** No message is to blame, whatever the error is. */
const withoutPolicy = ({ message }: Error) => new Error(`the policy cannot be read: ${message}`);

async function receiveMessages(messages: QueuedMessage[], policy: Policy): Promise<Failure[]> {
  const failures: Failure[] = [];
  const sources = new Map<Signal, QueuedMessage>();
  const read = await Promise.allSettled(messages.map(({ body }) => readSignal(body, { service: service(), policy })));
  for (const [i, message] of messages.entries()) {
    const outcome = read[i];
    if (outcome?.status === 'rejected') failures.push({ message, error: outcome.reason });
    else if (outcome?.value) sources.set(outcome.value, message);
  }
  for (const { signals, error } of await receiveEach([...sources.keys()], policy))
    for (const signal of signals) failures.push({ message: sources.get(signal) as QueuedMessage, error });
  return failures;
}

interface FailedSignals {
  signals: Signal[];
  error: unknown;
}

/** Commits signals, and gives those that failed. Of several that fail together for good one may be the cause: each is tried alone. */
async function receiveEach(signals: Signal[], policy: Policy): Promise<FailedSignals[]> {
  const failed: FailedSignals[] = [];
  const received = await receiveAll(signals, policy);
  for (const { signals, error } of await Promise.all(received.map(started))) {
    if (isPoison(error) && signals.length > 1)
      for (const signal of signals) failed.push(...(await receiveEach([signal], policy)));
    else if (error) failed.push({ signals, error });
  }
  return failed;
}

/** Starts the response that the signals requested, be it in an earlier try: an attempt without a sign of life is started again. */
async function started({ signals, outcome }: Received): Promise<{ signals: Signal[]; error?: unknown }> {
  try {
    if (outcome.status === 'rejected') throw outcome.reason;
    const { incident, events, refused } = outcome.value;
    if (refused) throw new TypeError(refused);
    if (incident?.attempt && incident.attempt.progressAt === incident.attempt.requestedAt)
      await startResponse(incident);
    const about = { incident: incident?.id, signals: signals.map(({ key }) => key) };
    console.info({ message: 'signals received', ...about, events: events.map(({ type }) => type) });
    return { signals };
  } catch (error) {
    return { signals, error };
  }
}
