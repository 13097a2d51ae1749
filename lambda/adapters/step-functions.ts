import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { attemptUnderWay, type Incident } from '../domain/incident/incident.ts';
import { keyOf } from '../store/keys.ts';
import { PATIENCE } from './patience.ts';

const client = new SFNClient(PATIENCE);

/** Starts the response of the incident's current attempt, once: the execution's name contains incident and attempt. */
export async function startResponse(incident: Incident): Promise<void> {
  const attempt = attemptUnderWay(incident);
  if (!attempt) return;
  try {
    await client.send(
      new StartExecutionCommand({
        stateMachineArn: process.env['RESPONSE_STATE_MACHINE'],
        name: `${incident.id}-${attempt.number}`,
        input: JSON.stringify({ ...keyOf(incident), id: incident.id, attempt: attempt.number, after: 'start' }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
