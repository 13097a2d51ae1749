import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { WriterState } from '../domain/diagnosis/writer.ts';

const client = new LambdaClient({});

/** Tells if the function that asks the database is deployed: only a playbook that needs it brings it. */
export const canAskWriter = () => process.env['WRITER_STATE_FUNCTION'] !== undefined;

/** Calls the function that can reach the database. @throws when it failed; a silent database is an answer. */
export async function askWriter(): Promise<WriterState> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: process.env['WRITER_STATE_FUNCTION'], Payload: '{}' }),
  );
  const answer = JSON.parse(Payload?.transformToString() || 'null');
  if (FunctionError) throw new Error(`the database could not be asked: ${answer?.errorMessage ?? FunctionError}`);
  return v.parse(WriterState, answer);
}
