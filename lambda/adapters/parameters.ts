import { GetParameterCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Readings } from '../domain/incident/commands.ts';
import { errorWords } from './error-words.ts';
import { PATIENCE } from './patience.ts';

const client = new SSMClient(PATIENCE);

export type Switches = Pick<Readings, 'automation' | 'maintenanceUntil'> & {
  maintenanceReason?: string | undefined;
  /** The reason why the parameters could not be read. */
  unread?: string;
  /** Nobody answered: then nothing begins, but it is no sign that somebody has switched anything. */
  unanswered?: true;
};

/**
 * Reads the kill switch (`on`; anything else is off) and the maintenance window (`none`, or the ISO 8601 time at which it
 * ends, which a reason may follow). A parameter that cannot be read is `unreadable`, and then the guardrails let nothing run.
 */
export async function readSwitches(automationParameter: string, maintenanceParameter: string): Promise<Switches> {
  try {
    const { Parameters = [] } = await client.send(
      new GetParametersCommand({ Names: [automationParameter, maintenanceParameter] }),
    );
    const named = (name: string) => Parameters.find(parameter => parameter.Name === name);
    const automation = named(automationParameter);
    const [maintenance = 'unreadable', ...reason] = named(maintenanceParameter)?.Value?.split(' ') ?? [];
    return {
      automation: automation?.LastModifiedDate
        ? { value: automation.Value === 'on' ? 'on' : 'off', since: automation.LastModifiedDate.toISOString() }
        : 'unreadable',
      maintenanceUntil: maintenance === 'none' ? undefined : maintenance,
      ...(reason.length > 0 ? { maintenanceReason: reason.join(' ') } : {}),
    };
  } catch (error) {
    return unreadableSwitches(error as Error);
  }
}

/** The switches when nobody says how they are. */
export function unreadableSwitches(error: Error): Switches {
  console.error({ message: 'the kill switch cannot be read, which means off', error: error.name });
  return { automation: 'unreadable', maintenanceUntil: 'unreadable', unanswered: true, unread: errorWords(error) };
}

/** Reads a parameter. @throws ParameterNotFound */
export async function readParameter(Name: string): Promise<string> {
  const { Parameter } = await client.send(new GetParameterCommand({ Name }));
  return Parameter?.Value ?? '';
}

export async function writeParameter(Name: string, Value: string): Promise<void> {
  await client.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
}
