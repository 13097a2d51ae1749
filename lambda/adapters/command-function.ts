import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CommandAnswer, CommandRequest } from '../inbound/command-request.ts';

const client = new LambdaClient({});

/** Calls the command function, through which all people act. @throws when it failed; a refusal is an answer. */
export async function ask(request: CommandRequest): Promise<CommandAnswer> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: process.env['COMMAND_FUNCTION'], Payload: JSON.stringify(request) }),
  );
  const answer = JSON.parse(Payload?.transformToString() || 'null');
  if (FunctionError) throw new Error(`the command function failed: ${answer?.errorMessage ?? FunctionError}`);
  return answer;
}
