import * as v from 'valibot';
import { describeTasks, execFault, executeCommand, oldest } from '../../adapters/ecs.ts';
import { objectSize, uploadUrl } from '../../adapters/s3.ts';
import { runToEnd } from '../../adapters/session.ts';
import { framed, whyNotWhole } from '../../domain/remedies/heap-dump.ts';
import { done, failed, unchanged } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Seconds for the command; Systems Manager waits 300 s for a function. */
const COMMAND_SECONDS = 240;
/** Seconds for which the URL accepts an upload. */
const URL_SECONDS = 600;

export const CaptureEvent = v.strictObject({ dryRun: flag, cluster: v.string(), service: v.string() });

/**
 * Makes the oldest task of a service dump its heap and upload it. It succeeds only if the dump is complete. The command is
 * configured; it gets a presigned URL for this one object, which nobody else learns.
 */
export const handler = entrypoint(CaptureEvent, async ({ dryRun, cluster, service }) => {
  const { env } = process;
  const [container, bucket] = [env['HEAP_DUMP_CONTAINER'] ?? '', env['HEAP_DUMP_BUCKET'] ?? ''];
  const task = oldest(await describeTasks(cluster, service, 'RUNNING'));
  const fault = task ? execFault(task, container) : 'no task is running';
  if (!task?.taskArn || fault)
    return unchanged(`No heap dump of ${cluster}/${service}: ${fault ?? 'a task without ARN'}`);
  const id = task.taskArn.split('/').at(-1) ?? '';
  if (dryRun)
    return { ...done(), task: id, message: `Dry run: the heap of ${container} in task ${id} would be dumped.` };

  const key = `heap-dumps/${service}/${new Date().toISOString().replaceAll(':', '-')}-${id}`;
  const url = await uploadUrl(bucket, key, URL_SECONDS);
  const shell = `/bin/sh -c "${framed((env['HEAP_DUMP_COMMAND'] ?? '').replace('{url}', () => url))}"`;
  const session = await executeCommand(cluster, task.taskArn, container, shell);
  const [ended] = await Promise.allSettled([runToEnd(session, COMMAND_SECONDS)]);
  const bytes = await objectSize(bucket, key);
  const where = { task: id, key, bytes: bytes ?? 0 };
  const reason = ended.status === 'fulfilled' ? whyNotWhole(ended.value, bytes) : (ended.reason as Error).message;
  if (reason !== undefined)
    return { ...failed(`No whole heap dump came from task ${id}: ${reason}${lastOutput(ended, url)}`, []), ...where };
  const message = `Heap of task ${id} dumped: s3://${bucket}/${key}, ${bytes} bytes.`;
  console.info(message);
  return { ...done([message]), ...where, message };
});

/** The end of the command's output, which tells why it failed, without the URL, which is a secret. */
function lastOutput(ended: PromiseSettledResult<string>, url: string): string {
  if (ended.status === 'rejected') return '';
  const words = ended.value
    .replaceAll(url, '…')
    .replace(/https?:\S+|X-Amz-\S+/gi, '…')
    .trim()
    .slice(-300);
  return words === '' ? ', and it printed nothing' : `, and it ended with: ${words}`;
}
