import { type Input, type RunbookRun, ServiceError, shortName } from 'embedded-aws';
import { type ExecutionResult, resultOf, type StepExecution } from '../../lambda/domain/remediation/execution.ts';
import type { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from '../simulation/world.ts';

const MINUTE = 60_000;

/** A call that a runbook makes, itself or by its function: to an API, or to the function. */
export interface Call {
  operation: string;
  input: Input;
}

/** The calls that fail: from the one with this number on, each that is the same; so many times, or for ever. */
interface Trouble {
  from: number;
  times?: number;
  /** The function itself fails, and not the call to it. */
  inside?: boolean;
}

/** Notes the calls of a runbook and of its function, and has some of them fail. */
export function tap(world: RehearsalWorld, name: string, trouble?: Trouble): Call[] {
  const calls: Call[] = [];
  const { account, functions } = world;
  const [call, invoke] = [account.call.bind(account), functions.invoke.bind(functions)];
  const document = account.ofType('AWS::SSM::Document').find(({ ref }) => ref === name);
  const parameters: Record<string, { default?: string }> = document?.properties['Content'].parameters ?? {};
  const given = Object.entries(parameters).filter(([parameter]) => parameter.endsWith('FunctionName'));
  const targets = given.map(([, { default: target }]) => target);
  const called = account.ofType('AWS::Lambda::Function').filter(({ ref }) => targets.includes(ref));
  const callers = [name, ...called.map(({ path }) => shortName(path))];
  let stricken: string | undefined;
  let left = trouble?.times ?? Number.POSITIVE_INFINITY;
  const strikes = (operation: string, input: Input) => {
    // A reading that is repeated asks for other times.
    const key = JSON.stringify([operation, { ...input, StartTime: undefined, EndTime: undefined }]);
    const nth = calls.push({ operation, input }) - 1;
    if (nth === trouble?.from) stricken = key;
    return key === stricken && left-- > 0;
  };
  account.call = async (caller, service, operation, input) => {
    if (callers.includes(caller.name) && strikes(`${service}:${operation}`, input))
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    return call(caller, service, operation, input);
  };
  functions.invoke = async (nameOrArn, event) => {
    if (targets.includes(nameOrArn) && strikes(INVOKE, event as Input)) {
      if (!trouble?.inside) throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.');
      return { error: { errorType: 'Error', errorMessage: 'it broke' }, milliseconds: 5 };
    }
    return invoke(nameOrArn, event);
  };
  return calls;
}

export const INVOKE = 'lambda:InvokeFunction';

/** The app, and a person who may run every document from the console. */
export function withOperator() {
  const altered = assembly();
  const may = { Effect: 'Allow', Action: ['ssm:*Automation*', 'iam:PassRole'], Resource: '*' };
  altered.template.Resources['Operator'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [{ PolicyName: 'run', PolicyDocument: { Statement: [may] } }],
    },
  };
  return altered;
}

export const operatorOf = (world: RehearsalWorld) => ({
  name: 'a person',
  role: world.account.ofType('AWS::IAM::Role').find(({ logicalId }) => logicalId === 'Operator')?.arn ?? '',
});

/** Starts a document as a person would from the console, with the service's values as its defaults. */
export async function start(
  world: RehearsalWorld,
  name: string,
  parameters: Record<string, string>,
): Promise<RunbookRun> {
  const [document] = world.account.ofType('AWS::SSM::Document').filter(({ ref }) => ref === name);
  const given = Object.entries(parameters).filter(([key]) => document?.properties['Content'].parameters[key]);
  const Parameters = Object.fromEntries(given.map(([key, value]) => [key, [value]]));
  const input = { DocumentName: name, Parameters };
  await world.account.call(operatorOf(world), 'ssm', 'StartAutomationExecution', input);
  const started = world.runbooks.runs.at(-1);
  if (!started) throw new Error(`${name} did not start`);
  return started;
}

/** Runs a document to its end. */
export async function run(
  world: RehearsalWorld,
  name: string,
  parameters: Record<string, string>,
): Promise<RunbookRun> {
  const started = await start(world, name, parameters);
  await world.clock.run(70 * MINUTE, () => started.outcome !== undefined);
  return started;
}

/** Judges an execution as the responder does: by every step, in pages. */
export async function resultIn(world: RehearsalWorld, { id, outcome }: RunbookRun): Promise<ExecutionResult> {
  const steps: StepExecution[] = [];
  let NextToken: string | undefined;
  do {
    const input = { AutomationExecutionId: id, ...(NextToken && { NextToken }) };
    const output = await world.account.call(operatorOf(world), 'ssm', 'DescribeAutomationStepExecutions', input);
    steps.push(...(output as { StepExecutions: StepExecution[] }).StepExecutions);
    ({ NextToken } = output as { NextToken?: string });
  } while (NextToken);
  return resultOf({ status: outcome?.status ?? 'InProgress', failureMessage: outcome?.failureMessage, steps });
}

export const READS = /:(Describe|List|Get|Filter)/;
/** The calls that change something; of the statements, those that are told not to run dry. */
export const changes = (calls: Call[]) => calls.filter(({ operation, input }) => mayChangeBy(operation, input));
function mayChangeBy(operation: string, input: Input): boolean {
  if (operation === INVOKE || READS.test(operation)) return false;
  if (operation !== 'rds-data:ExecuteStatement') return true;
  return (input['parameters'] ?? []).some(({ name, value }: Input) => name === 'dry_run' && !value.booleanValue);
}
