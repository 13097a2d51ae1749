import {
  type AutomationDocument,
  assumeRole,
  type Effect,
  execute,
  InvalidParameters,
  load,
  type Outcome,
} from '../engine/automation.ts';
import { type Account, type Caller, type Input, ServiceError } from './account.ts';
import type { Functions } from './functions.ts';

type Execution = Generator<Effect, Outcome, unknown>;

/** One automation execution, as `GetAutomationExecution` tells of it. */
export interface RunbookRun {
  id: string;
  name: string;
  startedAt: string;
  endedAt?: string;
  parameters: Record<string, string[]>;
  outcome?: Outcome;
}

/** Services that IAM knows by another name than Systems Manager does. */
const IAM_PREFIXES: Record<string, string> = { elbv2: 'elasticloadbalancing' };

/** SSM Automation: executes the documents that were synthesised, each in its own role. */
export class Runbooks {
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
    const arn = (resource: string) => `arn:aws:ssm:${account.region}:123456789012:${resource}`;
    account.provide('ssm', {
      StartAutomationExecution: {
        resources: ({ DocumentName }) => [arn(`document/${DocumentName}`), arn('automation-execution/new')],
        run: (input, caller) => this.start(input, caller),
      },
      GetAutomationExecution: {
        resources: ({ AutomationExecutionId }) => [arn(`automation-execution/${AutomationExecutionId}`)],
        run: ({ AutomationExecutionId }) => this.describe(AutomationExecutionId),
      },
    });
  }

  private start({ DocumentName: name, Parameters: parameters = {}, ClientToken: token }: Input, caller: Caller) {
    const known = token && this.tokens.get(token);
    if (known) return { AutomationExecutionId: known };
    const document = this.documents.get(name);
    if (!document) throw new ServiceError('AutomationDefinitionNotFoundException', `Document ${name} does not exist`);
    const { clock, random } = this.account;
    const id = random.uuid();
    const role = this.roleOf(document, parameters, caller);
    const context = {
      executionId: id,
      accountId: '123456789012',
      region: this.account.region,
      now: () => new Date(clock.now),
    };
    const run: RunbookRun = { id, name, startedAt: clock.iso, parameters };
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
      'aws:SourceAccount': '123456789012',
      'aws:SourceArn': `arn:aws:ssm:${this.account.region}:123456789012:automation-execution/x`,
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
    let step = resume();
    while (!step.done) {
      const effect = step.value;
      if (effect.type === 'step') {
        const { name, action, status, failureMessage } = effect;
        this.account.emit('runbook step', {
          runbook: run.name,
          step: name,
          action,
          status,
          ...(failureMessage && { failureMessage }),
        });
        step = execution.next();
        continue;
      }
      const { milliseconds, goOn } = await this.perform(effect, caller, execution);
      this.account.clock.after(milliseconds, () => this.advance(run, caller, execution, goOn));
      return;
    }
    run.outcome = step.value;
    run.endedAt = this.account.clock.iso;
    const { status, failureMessage, outputs } = step.value;
    this.account.emit('runbook', { name: run.name, status, outputs, ...(failureMessage && { failureMessage }) });
  }

  private async perform(effect: Exclude<Effect, { type: 'step' }>, caller: Caller, execution: Execution) {
    if (effect.type === 'sleep') return { milliseconds: effect.seconds * 1000, goOn: () => execution.next() };
    try {
      if (effect.type === 'api') {
        const service = IAM_PREFIXES[effect.service] ?? effect.service;
        const { output, milliseconds } = await this.account.call(caller, service, effect.api, effect.parameters);
        return { milliseconds, goOn: () => execution.next(JSON.parse(JSON.stringify(output))) };
      }
      const { arn } = this.functions.find(effect.functionName);
      this.account.authorise(caller, 'lambda', 'InvokeFunction', { resources: () => [arn], run: () => undefined }, {});
      const { payload, error, milliseconds } = await this.functions.invoke(effect.functionName, effect.payload);
      const answer = {
        StatusCode: 200,
        Payload: JSON.stringify(error ?? payload),
        ...(error ? { FunctionError: 'Unhandled' } : {}),
      };
      return { milliseconds, goOn: () => execution.next(answer) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { milliseconds: 30, goOn: () => execution.throw(error) };
    }
  }

  private describe(id: string) {
    const run = this.runs.find(r => r.id === id);
    if (!run) throw new ServiceError('AutomationExecutionNotFoundException', `There is no automation execution ${id}`);
    return {
      AutomationExecution: {
        AutomationExecutionId: run.id,
        DocumentName: run.name,
        AutomationExecutionStatus: run.outcome?.status ?? 'InProgress',
        ExecutionStartTime: run.startedAt,
        ...(run.endedAt && { ExecutionEndTime: run.endedAt }),
        ...(run.outcome?.failureMessage && { FailureMessage: run.outcome.failureMessage }),
        Outputs: run.outcome?.outputs ?? {},
      },
    };
  }
}
