import { randomUUID } from 'node:crypto';
import type { CommandAnswer, CommandRequest } from '../../lambda/inbound/command-request.ts';
import { explained, Failure } from './failure.ts';
import { whileWaiting } from './progress.ts';

/** A request without what the client adds to it: who asks, through which door, and the id that makes it happen once. */
export type Asked = CommandRequest extends infer Request
  ? Request extends { requestId: string }
    ? Omit<Request, 'by' | 'via' | 'requestId'>
    : Request
  : never;

export interface ClientOptions {
  service: string;
  region: string;
  /** Whom the timeline names. By default the caller, as AWS knows it. */
  as?: string | undefined;
}

const CONFIGURED = { maxAttempts: 3, requestHandler: { connectionTimeout: 3000, requestTimeout: 40_000 } };

/** The deployed command function, as the command line speaks to it: by IAM. SDK clients are loaded when they are needed. */
export class Client {
  private readonly options: ClientOptions;
  private found: Promise<string> | undefined;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  get service(): string {
    return this.options.service;
  }

  /** @throws Failure when it was not understood, or could not be asked. A refusal is an answer. */
  async ask(asked: Asked): Promise<CommandAnswer> {
    const acts = ['act', 'reopen', 'open', 'finish post-mortem'].includes(asked.do);
    const person = acts ? { by: await this.whoever(), via: 'command line', requestId: randomUUID() } : {};
    const FunctionName = await this.commandFunction();
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    // A retry of the SDK sends the same request again, with the same id.
    const Payload = JSON.stringify({ ...asked, ...person });
    const { Payload: answered, FunctionError } = await this.of(`asking ${FunctionName}`, () =>
      this.client(LambdaClient).send(new InvokeCommand({ FunctionName, Payload })),
    );
    const answer = JSON.parse(answered?.transformToString() || 'null');
    if (!FunctionError) return answer;
    const said: string = answer?.errorMessage ?? FunctionError;
    if (said.startsWith('this event is not understood: ')) throw new Failure(2, said.replace(/^[^:]+: /, ''));
    throw new Failure(
      3,
      `${FunctionName} failed: ${said}\nIts log group tells more. What was asked may be asked again.`,
    );
  }

  /** Sets off an alarm as CloudWatch would. @throws Failure when it is not green: then there is nothing to rehearse with. */
  async setOff(alarm: string, reason: string): Promise<void> {
    const { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } = await import(
      '@aws-sdk/client-cloudwatch'
    );
    const client = this.client(CloudWatchClient);
    const { MetricAlarms = [] } = await this.of(`reading the alarm ${alarm}`, () =>
      client.send(new DescribeAlarmsCommand({ AlarmNames: [alarm] })),
    );
    const state = MetricAlarms[0]?.StateValue;
    if (state !== 'OK')
      throw new Failure(1, `${alarm} is ${state ?? 'not there'}: only an alarm that is OK can be set off for a drill`);
    const setting = { AlarmName: alarm, StateValue: 'ALARM' as const, StateReason: reason };
    await this.of(`setting off ${alarm}`, () => client.send(new SetAlarmStateCommand(setting)));
  }

  /** Gives the ARN of the subscription. @throws Failure, also when the link is of something else. */
  async confirm(link: string): Promise<string> {
    const { confirmSubscription, readLink } = await import('../confirm-subscription.ts');
    try {
      readLink(link, this.service);
    } catch (error) {
      throw new Failure(2, (error as Error).message, { cause: error });
    }
    return this.of('confirming the subscription', () => confirmSubscription(link, this.service));
  }

  /** Whom the timeline names: "ada@example.com" of `…:assumed-role/Operators/ada@example.com`. */
  async whoever(): Promise<string> {
    if (this.options.as) return this.options.as;
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    const { Arn = '' } = await this.of('asking AWS who you are', () =>
      this.client(STSClient).send(new GetCallerIdentityCommand({})),
    );
    this.options.as = Arn.split(/[:/]/).at(-1) || 'somebody';
    return this.options.as;
  }

  private commandFunction(): Promise<string> {
    this.found ??= this.findFunction();
    return this.found;
  }

  private async findFunction(): Promise<string> {
    const StackName = `${this.service}-incident-response`;
    const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
    const { Stacks = [] } = await this.of(`looking for the stack ${StackName}`, async () => {
      try {
        return await this.client(CloudFormationClient).send(new DescribeStacksCommand({ StackName }));
      } catch (error) {
        if (!/does not exist/.test((error as Error).message)) throw error;
        throw new Failure(
          3,
          `There is no stack ${StackName} in ${this.options.region}, in the account you are signed in to.\n` +
            'Deploy it, sign in to its account (AWS_PROFILE), or name another service with --service.',
        );
      }
    });
    const output = Stacks[0]?.Outputs?.find(({ OutputKey = '' }) => OutputKey.includes('CommandFunction'))?.OutputValue;
    if (!output) throw new Failure(3, `The stack ${StackName} has no output CommandFunction: deploy it anew.`);
    return output;
  }

  private client<C>(Client: new (config: object) => C): C {
    return new Client({ ...CONFIGURED, region: this.options.region });
  }

  private async of<Result>(doing: string, act: () => Promise<Result>): Promise<Result> {
    try {
      return await whileWaiting(doing, act());
    } catch (error) {
      throw explained(error, doing);
    }
  }
}
