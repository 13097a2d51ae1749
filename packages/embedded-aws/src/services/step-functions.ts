import { type Account, type Caller, type Input, ServiceError, shortName } from '../account/account.ts';
import {
  type Effect,
  execute,
  load,
  type Outcome,
  type StateMachine,
  StatesError,
  tooLarge,
} from '../engine/states/state-machine.ts';
import type { Random } from '../random.ts';
import { jsonBytes, utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';
import type { Buses } from './eventbridge.ts';
import { type Functions, isRefused } from './lambda/functions.ts';

/** Virtual milliseconds from one state to the next. */
const TRANSITION = 20;

type Status = Outcome['status'] | 'RUNNING' | 'ABORTED';
type Execution = Generator<Effect, Outcome, unknown>;

/** One execution of a state machine. */
interface Run {
  arn: string;
  name: string;
  stateMachineArn: string;
  input: string;
  startedAt: number;
  caller: Caller;
  execution: Execution;
  /** It has ended, or somebody has stopped it. */
  isOver: boolean;
}

/** Step Functions: runs the definitions that were synthesised, each state as an act on the agenda. */
export class Workflows {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly machines = new Map<string, { machine: StateMachine; caller: Caller }>();
  private readonly runs = new Map<string, Run>();
  private readonly buses: Buses;
  private readonly random: Random;

  constructor(account: Account, functions: Functions, buses: Buses) {
    this.account = account;
    this.functions = functions;
    this.buses = buses;
    this.random = account.random.of('executions');
    for (const { arn, path, properties } of account.ofType('AWS::StepFunctions::StateMachine')) {
      if (properties['StateMachineType'] === 'EXPRESS')
        throw new Unsupported(`the state machine ${path}`, 'an express workflow');
      const machine = load(JSON.parse(properties['DefinitionString']));
      this.machines.set(arn, { machine, caller: { name: shortName(path), role: properties['RoleArn'] } });
    }
    account.provide('states', {
      StartExecution: { resources: ({ stateMachineArn }) => [stateMachineArn], run: input => this.start(input) },
      StopExecution: { resources: ({ executionArn }) => [executionArn], run: input => this.stop(input) },
    });
  }

  private start({ stateMachineArn, name = this.account.random.uuid(), input = '{}' }: Input) {
    const found = this.machines.get(stateMachineArn);
    if (!found)
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const before = this.runs.get(executionArn);
    if (before && before.input !== input)
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    this.account.measure('name of an execution', name.length);
    this.account.measure('input of an execution', utf8Bytes(input));
    if (!before) {
      const { clock } = this.account;
      const context = {
        executionId: executionArn,
        executionName: name,
        startTime: clock.iso,
        stateMachineId: stateMachineArn,
        now: () => clock.iso,
        measured: (bytes: number) => void this.account.sizes.count('data of a state', bytes),
      };
      const execution = execute(found.machine, JSON.parse(input), context);
      const run = {
        ...{ arn: executionArn, name, stateMachineArn, input, startedAt: clock.now, caller: found.caller },
        ...{ execution, isOver: false },
      };
      this.runs.set(executionArn, run);
      this.tell(run, 'RUNNING');
      clock.after(this.account.random.between(20, 60), () => this.advance(run, () => execution.next()));
    }
    return { executionArn, startDate: new Date(this.account.clock.now) };
  }

  /** A call that a task has made is made, but nothing comes after it, and nothing is caught. */
  private stop({ executionArn, error, cause }: Input) {
    const run = this.runs.get(executionArn);
    if (!run) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    if (!run.isOver) this.end(run, 'ABORTED', { error, cause });
    return { stopDate: new Date(this.account.clock.now) };
  }

  /** Goes on until the execution waits for something; that puts the next act on the agenda. */
  private async advance(run: Run, resume: () => IteratorResult<Effect, Outcome>): Promise<void> {
    if (run.isOver) return;
    const { execution } = run;
    let step = resume();
    while (!step.done) {
      const effect = step.value;
      if (effect.type === 'wait') return this.later(effect.seconds * 1000, run, () => execution.next());
      if (effect.type === 'task') {
        const goOn = await this.perform(effect, run.caller, execution);
        return this.later(TRANSITION, run, goOn);
      }
      step = execution.next();
    }
    const { value: outcome } = step;
    this.end(run, outcome.status, outcome.status === 'SUCCEEDED' ? {} : { error: outcome.error, cause: outcome.cause });
  }

  private end(run: Run, status: Status, why: { error?: string; cause?: string }): void {
    run.isOver = true;
    this.tell(run, status, why);
  }

  /** Everybody who listens to the world hears of it, and the rules of EventBridge. */
  private tell(run: Run, status: Status, why: { error?: string; cause?: string } = {}): void {
    const { account, buses, random } = this;
    const { arn, name, stateMachineArn, input, startedAt } = run;
    account.emit('workflow', { name, status, ...why });
    const detail = {
      ...{ executionArn: arn, stateMachineArn, name, status, startDate: startedAt },
      stopDate: status === 'RUNNING' ? null : account.clock.now,
      ...{ input, inputDetails: { included: true }, output: null, outputDetails: null, ...why },
    };
    const event = buses.event('aws.states', 'Step Functions Execution Status Change', detail, [arn], random);
    account.clock.after(random.between(100, 900), () => buses.put(event));
  }

  private later(milliseconds: number, run: Run, resume: () => IteratorResult<Effect, Outcome>): void {
    this.account.clock.after(milliseconds, () => this.advance(run, resume));
  }

  private async perform(
    { resource, parameters, state }: Extract<Effect, { type: 'task' }>,
    caller: Caller,
    execution: Execution,
  ) {
    const input = parameters as Input;
    if (this.account.sizes.count('data of a state', jsonBytes(input))) return () => execution.throw(tooLarge(state));
    const action = /^arn:aws:states:::(.+)$/.exec(resource)?.[1] ?? resource;
    if (action === 'lambda:invoke') {
      this.account.authorise(
        caller,
        'lambda',
        'InvokeFunction',
        { resources: () => [input['FunctionName']], run: () => undefined },
        input,
      );
      const { payload, error } = await this.functions.invoke(input['FunctionName'], input['Payload']);
      if (error) {
        const name = isRefused(error) ? `Lambda.${error.errorType}` : error.errorType;
        return () => execution.throw(new StatesError(name, JSON.stringify(error)));
      }
      return this.answered(state, { Payload: payload, StatusCode: 200, ExecutedVersion: '$LATEST' }, execution);
    }
    const [, service, operation] = /^aws-sdk:([a-z]+):([A-Za-z]+)$/.exec(action) ?? [];
    if (!service || !operation) throw new Unsupported(`the state ${state}`, `the resource ${resource}`);
    try {
      const name = operation.charAt(0).toUpperCase() + operation.slice(1);
      const output = await this.account.call(caller, service, name, input);
      return this.answered(state, output, execution);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const service_ = service.charAt(0).toUpperCase() + service.slice(1);
      const failure = new StatesError(`${service_}.${error.name}`, error.message);
      return () => execution.throw(failure);
    }
  }

  /** The whole answer counts for the limit, also what the state does not select. */
  private answered(state: string, output: unknown, execution: Execution) {
    const text = JSON.stringify(output);
    const refusal = this.account.sizes.count('data of a state', utf8Bytes(text));
    return () => (refusal ? execution.throw(tooLarge(state)) : execution.next(JSON.parse(text)));
  }
}
