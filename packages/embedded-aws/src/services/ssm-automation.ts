import { type Account, type Caller, type Input, ServiceError } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import {
  type AutomationDocument,
  assumeRole,
  type Effect,
  execute,
  InvalidParameters,
  load,
  type Outcome,
} from '../engine/automation/automation.ts';
import { Unsupported } from '../unsupported.ts';
import { type Functions, isRefused } from './lambda/functions.ts';

/** Virtual milliseconds between a step's call and what follows. */
const BETWEEN = 20;

type Execution = Generator<Effect, Outcome, unknown>;

/** One automation execution. */
export interface RunbookRun {
  id: string;
  name: string;
  startedAt: string;
  /** The role that started it. */
  startedBy: string;
  endedAt?: string;
  parameters: Record<string, string[]>;
  outcome?: Outcome;
  /** Somebody stopped it; its step under way is still being ended. */
  cancelling?: boolean;
  steps: StepRun[];
}

/** One step that it has begun, or not yet; of a loop, each iteration's. */
interface StepRun extends Omit<Extract<Effect, { type: 'step' }>, 'type'> {
  startedAt?: string;
  endedAt?: string;
}

/** Services that IAM knows by another name than Systems Manager does. */
const IAM_PREFIXES: Record<string, string> = { elbv2: 'elasticloadbalancing' };

/** SSM Automation: executes the documents that were synthesised, each in its own role. */
export class Runbooks {
  /** Every execution, in the order of their start. */
  readonly runs: RunbookRun[] = [];
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly documents = new Map<string, AutomationDocument>();
  private readonly tokens = new Map<string, string>();

  constructor(account: Account, functions: Functions) {
    this.account = account;
    this.functions = functions;
    for (const { properties } of account.ofType('AWS::SSM::Document'))
      this.documents.set(properties['Name'], load(properties['Content']));
    const arn = (resource: string) => `arn:aws:ssm:${account.region}:${ACCOUNT}:${resource}`;
    const ofExecution = ({ AutomationExecutionId }: Input) => [arn(`automation-execution/${AutomationExecutionId}`)];
    account.provide('ssm', {
      StartAutomationExecution: {
        resources: ({ DocumentName }) => [arn(`document/${DocumentName}`), arn('automation-execution/new')],
        run: (input, caller) => this.start(input, caller),
      },
      GetAutomationExecution: {
        resources: ofExecution,
        run: ({ AutomationExecutionId }) => this.describe(this.find(AutomationExecutionId)),
      },
      DescribeAutomationExecutions: { run: input => this.list(input) },
      DescribeAutomationStepExecutions: { resources: ofExecution, run: input => this.describeSteps(input) },
      StopAutomationExecution: { resources: ofExecution, run: input => this.stop(input) },
    });
  }

  private start({ DocumentName: name, Parameters: parameters = {}, ClientToken: token }: Input, caller: Caller) {
    const known = token && this.tokens.get(token);
    if (known) return { AutomationExecutionId: known };
    const document = this.documents.get(name);
    if (!document) throw new ServiceError('AutomationDefinitionNotFoundException', `Document ${name} does not exist`);
    for (const values of Object.values<string[]>(parameters)) {
      this.account.measure('values of a runbook parameter', values.length);
      for (const value of values) this.account.measure('parameter of a runbook', value.length);
    }
    const { clock, random } = this.account;
    const id = random.uuid();
    const role = this.roleOf(document, parameters, caller);
    const context = {
      executionId: id,
      accountId: ACCOUNT,
      region: this.account.region,
      now: () => new Date(clock.now),
      undocumented: this.account.undocumented,
    };
    const steps = document.steps.map(step => ({ name: step.name, action: step.action, status: 'Pending' as const }));
    const run: RunbookRun = { id, name, startedAt: clock.iso, startedBy: caller.role, parameters, steps };
    const execution = execute(document, parameters, context);
    this.runs.push(run);
    if (token) this.tokens.set(token, id);
    this.account.emit('runbook', { name, status: 'InProgress', parameters });
    clock.after(random.between(400, 1200), () => this.advance(run, { name, role }, execution, () => execution.next()));
    return { AutomationExecutionId: id };
  }

  /** The role a document runs in: its caller must be allowed to pass it, and it must trust SSM. */
  private roleOf(document: AutomationDocument, parameters: Record<string, string[]>, caller: Caller): string {
    let role: string | undefined;
    try {
      role = assumeRole(document, parameters);
    } catch (error) {
      if (error instanceof InvalidParameters)
        throw new ServiceError('InvalidAutomationExecutionParametersException', error.message);
      throw error;
    }
    if (!role) return caller.role;
    const { permissions } = this.account;
    if (!permissions.allows(caller.role, 'iam:PassRole', role, { 'iam:PassedToService': 'ssm.amazonaws.com' })) {
      throw new ServiceError(
        'AccessDeniedException',
        `${caller.role} is not authorized to perform: iam:PassRole on resource: ${role}`,
      );
    }
    const source = {
      'aws:SourceAccount': ACCOUNT,
      'aws:SourceArn': `arn:aws:ssm:${this.account.region}:${ACCOUNT}:automation-execution/x`,
    };
    if (!permissions.trusts(role, 'ssm.amazonaws.com', source)) {
      throw new ServiceError(
        'InvalidAutomationExecutionParametersException',
        `The role ${role} can not be assumed by SSM`,
      );
    }
    return role;
  }

  private async advance(
    run: RunbookRun,
    caller: Caller,
    execution: Execution,
    resume: () => IteratorResult<Effect, Outcome>,
  ): Promise<void> {
    if (run.outcome) return;
    let step = resume();
    while (!step.done) {
      const effect = step.value;
      if (effect.type === 'step') {
        this.note(run, effect);
        step = execution.next();
        continue;
      }
      const goOn = await this.perform(effect, caller, execution);
      this.account.clock.after(BETWEEN, () => this.advance(run, caller, execution, goOn));
      return;
    }
    run.outcome = step.value;
    run.endedAt = this.account.clock.iso;
    const { status, failureMessage, outputs } = step.value;
    this.account.emit('runbook', { name: run.name, status, outputs, ...(failureMessage && { failureMessage }) });
  }

  private note(run: RunbookRun, { type: _, ...told }: Extract<Effect, { type: 'step' }>): void {
    const { name, action, status, failureMessage, iteration } = told;
    const { iso } = this.account.clock;
    const known = run.steps.findLast(step => step.name === name && step.iteration === iteration);
    if (status === 'InProgress' && known?.status !== 'Pending') run.steps.push({ ...told, startedAt: iso });
    else Object.assign(known ?? {}, told, status === 'InProgress' ? { startedAt: iso } : { endedAt: iso });
    // Steps within loops would be told again and again.
    if (iteration !== undefined) return;
    const why = failureMessage && { failureMessage };
    this.account.emit('runbook step', { runbook: run.name, step: name, action, status, ...why });
  }

  /** Cancels it. A call that its step has made is made; what the step waits for is not waited for. */
  private stop({ AutomationExecutionId, Type = 'Cancel', ...others }: Input) {
    const run = this.find(AutomationExecutionId);
    if (Type !== 'Cancel' || Object.keys(others).length > 0)
      throw new Unsupported('ssm:StopAutomationExecution', JSON.stringify({ Type, ...others }));
    if (run.outcome || run.cancelling)
      throw new ServiceError('InvalidAutomationStatusUpdateException', `Execution ${run.id} is not in progress`);
    run.cancelling = true;
    const { clock, random } = this.account;
    clock.after(random.between(200, 900), () => {
      if (run.outcome) return;
      for (const step of run.steps)
        if (step.status === 'InProgress') Object.assign(step, { status: 'Cancelled', endedAt: clock.iso });
      const steps = run.steps.map(({ name, action, status, outputs = {} }) => ({ name, action, status, outputs }));
      run.outcome = { status: 'Cancelled', outputs: {}, steps };
      run.endedAt = clock.iso;
      this.account.emit('runbook', { name: run.name, status: 'Cancelled', outputs: {} });
    });
    return {};
  }

  private async perform(effect: Exclude<Effect, { type: 'step' }>, caller: Caller, execution: Execution) {
    if (effect.type === 'sleep') {
      await this.account.clock.wait(effect.seconds * 1000);
      return () => execution.next();
    }
    try {
      // Everybody may ask who they are.
      if (effect.type === 'api' && effect.service === 'sts' && effect.api === 'GetCallerIdentity')
        return () => execution.next({ Account: ACCOUNT, Arn: caller.role });
      if (effect.type === 'api') {
        const service = IAM_PREFIXES[effect.service] ?? effect.service;
        const output = await this.account.call(caller, service, effect.api, effect.parameters);
        return () => execution.next(JSON.parse(JSON.stringify(output)));
      }
      const { arn } = this.functions.find(effect.functionName);
      this.account.authorise(caller, 'lambda', 'InvokeFunction', { resources: () => [arn], run: () => undefined }, {});
      const { payload, error } = await this.functions.invoke(effect.functionName, effect.payload);
      if (error && isRefused(error)) throw new ServiceError(error.errorType, error.errorMessage);
      const answer = {
        StatusCode: 200,
        Payload: JSON.stringify(error ?? payload),
        ...(error ? { FunctionError: 'Unhandled' } : {}),
      };
      return () => execution.next(answer);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return () => execution.throw(error);
    }
  }

  private find(id: string): RunbookRun {
    const run = this.runs.find(r => r.id === id);
    if (!run) throw new ServiceError('AutomationExecutionNotFoundException', `There is no automation execution ${id}`);
    return run;
  }

  /** In pages, the latest first; who started one is named as STS does. */
  private list({ Filters = [], NextToken = '0', MaxResults = PAGE, ...others }: Input) {
    const passes = (run: RunbookRun) =>
      (Filters as { Key: string; Values: string[] }[]).every(({ Key, Values }) => {
        if (Key === 'DocumentNamePrefix') return Values.some(prefix => run.name.startsWith(prefix));
        if (Key === 'StartTimeAfter') return Values.every(time => Date.parse(run.startedAt) > Date.parse(time));
        throw new Unsupported('ssm:DescribeAutomationExecutions', Key);
      });
    if (Object.keys(others).length > 0)
      throw new Unsupported('ssm:DescribeAutomationExecutions', Object.keys(others).join(', '));
    const found = this.runs.filter(passes).reverse();
    const [from, to] = [Number(NextToken), Number(NextToken) + Number(MaxResults)];
    return {
      AutomationExecutionMetadataList: found.slice(from, to).map(run => ({
        AutomationExecutionId: run.id,
        DocumentName: run.name,
        AutomationExecutionStatus: statusOf(run),
        ExecutionStartTime: new Date(run.startedAt),
        ExecutedBy: `${run.startedBy.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`,
      })),
      ...(to < found.length && { NextToken: String(to) }),
    };
  }

  private describe(run: RunbookRun) {
    const StepExecutions = run.steps.map(step => described(run, step));
    return {
      AutomationExecution: {
        AutomationExecutionId: run.id,
        DocumentName: run.name,
        AutomationExecutionStatus: statusOf(run),
        ExecutionStartTime: new Date(run.startedAt),
        ...(run.endedAt && { ExecutionEndTime: new Date(run.endedAt) }),
        ...(run.outcome?.failureMessage && { FailureMessage: run.outcome.failureMessage }),
        Parameters: run.parameters,
        Outputs: run.outcome?.outputs ?? {},
        StepExecutions: StepExecutions.slice(0, MOST_STEPS),
        StepExecutionsTruncated: StepExecutions.length > MOST_STEPS,
      },
    };
  }

  /** In pages, in the order of their beginning. */
  private describeSteps({ AutomationExecutionId, NextToken = '0', MaxResults = PAGE, ...others }: Input) {
    if (Object.keys(others).length > 0)
      throw new Unsupported('ssm:DescribeAutomationStepExecutions', Object.keys(others).join(', '));
    const run = this.find(AutomationExecutionId);
    const [from, to] = [Number(NextToken), Number(NextToken) + Number(MaxResults)];
    return {
      StepExecutions: run.steps.slice(from, to).map(step => described(run, step)),
      ...(to < run.steps.length && { NextToken: String(to) }),
    };
  }
}

/** Steps of which GetAutomationExecution tells, and those of a page. AWS says only that there are such bounds. */
const MOST_STEPS = 50;
const PAGE = 10;

const statusOf = ({ outcome, cancelling }: RunbookRun) => outcome?.status ?? (cancelling ? 'Cancelling' : 'InProgress');

function described(run: RunbookRun, { name, action, status, inputs, outputs, ...rest }: StepRun) {
  const { startedAt, endedAt, failureMessage, iteration } = rest;
  return {
    StepName: name,
    Action: action,
    StepStatus: status,
    StepExecutionId: `${run.id}/${name}/${iteration ?? 0}`,
    Inputs: inputs ?? {},
    Outputs: outputs ?? {},
    ...(startedAt && { ExecutionStartTime: new Date(startedAt) }),
    ...(endedAt && { ExecutionEndTime: new Date(endedAt) }),
    ...(failureMessage && { FailureMessage: failureMessage }),
    ...(iteration !== undefined && { ParentStepDetails: { Action: 'aws:loop', Iteration: iteration } }),
  };
}
