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
import { jsonBytes, utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';
import { type Functions, isRefused } from './lambda/functions.ts';

/** Virtual milliseconds from one state to the next. */
const TRANSITION = 20;

type Execution = Generator<Effect, Outcome, unknown>;

/** Step Functions: runs the definitions that were synthesised, each state as an act on the agenda. */
export class Workflows {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly machines = new Map<string, { machine: StateMachine; caller: Caller }>();
  private readonly started = new Map<string, string>();

  constructor(account: Account, functions: Functions) {
    this.account = account;
    this.functions = functions;
    for (const { arn, path, properties } of account.ofType('AWS::StepFunctions::StateMachine')) {
      if (properties['StateMachineType'] === 'EXPRESS')
        throw new Unsupported(`the state machine ${path}`, 'an express workflow');
      const machine = load(JSON.parse(properties['DefinitionString']));
      this.machines.set(arn, { machine, caller: { name: shortName(path), role: properties['RoleArn'] } });
    }
    account.provide('states', {
      StartExecution: { resources: ({ stateMachineArn }) => [stateMachineArn], run: input => this.start(input) },
    });
  }

  private start({ stateMachineArn, name = this.account.random.uuid(), input = '{}' }: Input) {
    const found = this.machines.get(stateMachineArn);
    if (!found)
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const before = this.started.get(executionArn);
    if (before !== undefined && before !== input)
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    this.account.measure('name of an execution', name.length);
    this.account.measure('input of an execution', utf8Bytes(input));
    if (before === undefined) {
      this.started.set(executionArn, input);
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
      this.account.emit('workflow', { name, status: 'RUNNING' });
      clock.after(this.account.random.between(20, 60), () =>
        this.advance(name, found.caller, execution, () => execution.next()),
      );
    }
    return { executionArn, startDate: new Date(this.account.clock.now) };
  }

  /** Goes on until the execution waits for something; that puts the next act on the agenda. */
  private async advance(
    name: string,
    caller: Caller,
    execution: Execution,
    resume: () => IteratorResult<Effect, Outcome>,
  ): Promise<void> {
    let step = resume();
    while (!step.done) {
      const effect = step.value;
      if (effect.type === 'wait')
        return this.later(effect.seconds * 1000, name, caller, execution, () => execution.next());
      if (effect.type === 'task') {
        const goOn = await this.perform(effect, caller, execution);
        return this.later(TRANSITION, name, caller, execution, goOn);
      }
      step = execution.next();
    }
    const { status } = step.value;
    this.account.emit('workflow', {
      name,
      status,
      ...(status === 'SUCCEEDED' ? {} : { error: step.value.error, cause: step.value.cause }),
    });
  }

  private later(
    milliseconds: number,
    name: string,
    caller: Caller,
    execution: Execution,
    resume: () => IteratorResult<Effect, Outcome>,
  ): void {
    this.account.clock.after(milliseconds, () => this.advance(name, caller, execution, resume));
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
