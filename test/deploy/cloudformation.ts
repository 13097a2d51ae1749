import { REGION } from './emulator.ts';
import { until } from './poll.ts';
import type { Json } from './template.ts';

/** CloudFormation by hand: the project needs no client for it anywhere else. The emulator takes the region from the scope. */
async function call(endpoint: string, action: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/cloudformation/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...parameters }),
  });
  return response.text();
}

/** Creates a stack, waits for the outcome, deletes it; gives what CloudFormation said, whichever way it went. */
export async function createStack(endpoint: string, name: string, template: Json): Promise<string> {
  const stack = { StackName: name };
  const answer = await call(endpoint, 'CreateStack', { ...stack, TemplateBody: JSON.stringify(template) });
  if (answer.includes('<Error>')) return answer;
  await until(`the stack ${name} to settle`, async () => {
    const status = /<StackStatus>(\w+)</.exec(await call(endpoint, 'DescribeStacks', stack))?.[1];
    return status?.endsWith('_IN_PROGRESS') ? undefined : (status ?? 'GONE');
  });
  const events = await call(endpoint, 'DescribeStackEvents', stack);
  await call(endpoint, 'DeleteStack', stack);
  return events;
}
