import { randomUUID } from 'node:crypto';
import { visibleValues } from '../../lambda/domain/encoding/visible.ts';
import type { CommandAnswer, CommandRequest } from '../../lambda/inbound/command-request.ts';
import { explained, Failure } from './failure.ts';
import { whileWaiting } from './progress.ts';

/** A request before the client adds the caller, the source, and the id by which a repetition takes effect once. */
export type ClientRequest = CommandRequest extends infer Request
  ? Request extends { requestId: string }
    ? Omit<Request, 'by' | 'via' | 'requestId'>
    : Request
  : never;

export interface ClientOptions {
  service: string;
  region: string;
  /** The name in the timeline. By default the caller's, from AWS credentials. */
  as?: string | undefined;
}

const CONFIGURED = { maxAttempts: 3, requestHandler: { connectionTimeout: 3000, requestTimeout: 40_000 } };

/** Calls the deployed command function, with the caller's IAM credentials. SDK clients are loaded only when they are needed. */
export class Client {
  private readonly options: ClientOptions;
  private found: Promise<Record<string, string>> | undefined;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  get service(): string {
    return this.options.service;
  }

  /** @throws Failure when the request is not valid, or AWS cannot be reached. A refusal is an answer. */
  async ask(request: ClientRequest): Promise<CommandAnswer> {
    const acts = [
      ...['act', 'reopen', 'merge', 'open', 'finish post-mortem'],
      ...['start maintenance', 'end maintenance'],
    ].includes(request.do);
    const person = acts ? { by: await this.callerName(), via: 'command line', requestId: randomUUID() } : {};
    // The SDK's retries repeat the same request with the same id.
    return this.invoke('CommandFunction', { ...request, ...person });
  }

  /** Subscribes anew whoever should be subscribed and is not: SNS asks them to confirm. @throws Failure */
  subscribe(): Promise<{ offered: { topic: string; person: string; protocol: string }[] }> {
    return this.invoke('SubscriptionsFunction', { do: 'subscribe' });
  }

  // biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
  private async invoke(output: string, request: object): Promise<any> {
    const FunctionName = await this.outputOf(output);
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    const Payload = JSON.stringify(request);
    const { Payload: answered, FunctionError } = await this.explaining(`asking ${FunctionName}`, () =>
      this.client(LambdaClient).send(new InvokeCommand({ FunctionName, Payload })),
    );
    const answer = visibleValues(JSON.parse(answered?.transformToString() || 'null'));
    if (!FunctionError) return answer;
    const reason: string = answer?.errorMessage ?? FunctionError;
    if (reason.startsWith('this event is not understood: ')) throw new Failure(2, reason.replace(/^[^:]+: /, ''));
    throw new Failure(3, `${FunctionName} failed: ${reason}\nSee its log group. Repeating the command is safe.`);
  }

  /** Sets an alarm to ALARM, as CloudWatch would. @throws Failure when it is not OK: a drill must not hide a real alarm. */
  async setOff(alarm: string, reason: string): Promise<void> {
    const { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } = await import(
      '@aws-sdk/client-cloudwatch'
    );
    const client = this.client(CloudWatchClient);
    const { MetricAlarms = [] } = await this.explaining(`reading the alarm ${alarm}`, () =>
      client.send(new DescribeAlarmsCommand({ AlarmNames: [alarm] })),
    );
    const state = MetricAlarms[0]?.StateValue;
    if (state !== 'OK') throw new Failure(1, `${alarm} is ${state ?? 'not found'}: a drill needs an alarm that is OK`);
    const setting = { AlarmName: alarm, StateValue: 'ALARM' as const, StateReason: reason };
    await this.explaining(`setting off ${alarm}`, () => client.send(new SetAlarmStateCommand(setting)));
  }

  /** Confirms a subscription and returns its ARN. @throws Failure, also when the link is not one to confirm a subscription. */
  async confirm(link: string): Promise<string> {
    const { confirmSubscription, readLink } = await import('../confirm-subscription.ts');
    try {
      readLink(link, this.service);
    } catch (error) {
      throw new Failure(2, (error as Error).message, { cause: error });
    }
    return this.explaining('confirming the subscription', () => confirmSubscription(link, this.service));
  }

  /** The caller's name for the timeline: "ada@example.com" of `…:assumed-role/Operators/ada@example.com`. */
  async callerName(): Promise<string> {
    if (this.options.as) return this.options.as;
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    const { Arn = '' } = await this.explaining('asking AWS who you are', () =>
      this.client(STSClient).send(new GetCallerIdentityCommand({})),
    );
    this.options.as = Arn.split(/[:/]/).at(-1) || 'somebody';
    return this.options.as;
  }

  private async outputOf(name: string): Promise<string> {
    this.found ??= this.readOutputs();
    const outputs = await this.found;
    const key = Object.keys(outputs).find(known => known.includes(name));
    const output = key && outputs[key];
    if (!output)
      throw new Failure(3, `The stack ${this.service}-incident-response has no output ${name}: deploy it anew.`);
    return output;
  }

  private async readOutputs(): Promise<Record<string, string>> {
    const StackName = `${this.service}-incident-response`;
    const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
    const { Stacks = [] } = await this.explaining(`looking for the stack ${StackName}`, async () => {
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
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  }

  private client<C>(Client: new (config: object) => C): C {
    return new Client({ ...CONFIGURED, region: this.options.region });
  }

  private async explaining<Result>(activity: string, act: () => Promise<Result>): Promise<Result> {
    try {
      return await whileWaiting(activity, act());
    } catch (error) {
      throw explained(error, activity);
    }
  }
}
