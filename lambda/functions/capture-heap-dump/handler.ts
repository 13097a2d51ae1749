import * as v from 'valibot';
import { describeTasks, execFault, executeCommand, oldest } from '../../adapters/ecs.ts';
import { objectSize, uploadUrl } from '../../adapters/s3.ts';
import { runToEnd } from '../../adapters/session.ts';
import { entrypoint } from '../entrypoint.ts';
import { flag } from '../requests.ts';

/** Seconds for the command, of the 300 that Systems Manager waits for a function. */
const COMMAND_SECONDS = 240;
/** Seconds for which the URL can be uploaded to. */
const URL_SECONDS = 600;

export const CaptureEvent = v.strictObject({ dryRun: flag, cluster: v.string(), service: v.string() });

/**
 * Has the oldest task of a service dump its heap and upload it. The command is the configuration's: it is given a URL
 * for this one object, which is told nobody else.
 */
export const handler = entrypoint(CaptureEvent, async ({ dryRun, cluster, service }) => {
  const { env } = process;
  const [container, bucket] = [env['HEAP_DUMP_CONTAINER'] ?? '', env['HEAP_DUMP_BUCKET'] ?? ''];
  const task = oldest(await describeTasks(cluster, service, 'RUNNING'));
  const fault = task ? execFault(task, container) : 'no task is running';
  if (!task?.taskArn || fault)
    throw new Error(`No heap dump of ${cluster}/${service}: ${fault ?? 'a task without ARN'}`);
  const id = task.taskArn.split('/').at(-1) ?? '';
  if (dryRun) return { dryRun, task: id, message: `Dry run: the heap of ${container} in task ${id} would be dumped.` };

  const key = `heap-dumps/${service}/${new Date().toISOString().replaceAll(':', '-')}-${id}`;
  const url = await uploadUrl(bucket, key, URL_SECONDS);
  const shell = `/bin/sh -c "${(env['HEAP_DUMP_COMMAND'] ?? '').replace('{url}', () => url)}"`;
  const session = await executeCommand(cluster, task.taskArn, container, shell);
  // It may have uploaded all the same: only the object tells.
  const [ended] = await Promise.allSettled([runToEnd(session, COMMAND_SECONDS)]);
  const bytes = await objectSize(bucket, key);
  if (!bytes) throw new Error(`No heap dump came from task ${id}: ${whyNot(ended, bytes, url)}`);
  const message = `Heap of task ${id} dumped: s3://${bucket}/${key}, ${bytes} bytes.`;
  console.info(message);
  return { dryRun, task: id, key, bytes, message };
});

/** What the command printed last tells why. A tool may print the URL, which nobody may learn. */
function whyNot(ended: PromiseSettledResult<string>, bytes: number | undefined, url: string): string {
  if (ended.status === 'rejected') return (ended.reason as Error).message;
  const said = ended.value
    .replaceAll(url, '…')
    .replace(/https?:\S+|X-Amz-\S+/gi, '…')
    .trim()
    .slice(-300);
  const what = bytes === 0 ? 'the command uploaded nothing but an empty object' : 'the command uploaded nothing';
  return said === '' ? `${what}, and printed nothing` : `${what}, and ended with: ${said}`;
}
