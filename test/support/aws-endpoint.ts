import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen, urlOf } from './loopback.ts';

/** What the command line asked of AWS. */
export interface AwsCall {
  service: 'lambda' | 'cloudformation' | 'sts' | 'cloudwatch';
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own input
  input: any;
}

/** An answer that AWS gives instead. */
export interface AwsError {
  status: number;
  type: string;
  message: string;
}

/** Stands for the endpoints of AWS on loopback: Lambda calls the handler given, the rest is answered as documented. */
export class AwsEndpoint {
  readonly calls: AwsCall[] = [];
  alarmState: string | undefined = 'OK';
  commandFunction: string | undefined = 'command-1';
  /** Whom the function of subscriptions asks to confirm. */
  offered: { topic: string; person: string; protocol: string }[] = [];
  /** What each operation answers instead, once for each that is in the list; the last is kept. */
  failing: Record<string, (AwsError | 'function error' | 'cut' | 'nothing')[]> = {};
  private readonly handler: (event: unknown) => Promise<unknown>;
  private readonly server = createServer((request, response) => this.take(request, response));

  constructor(handler: (event: unknown) => Promise<unknown>) {
    this.handler = handler;
  }

  async start(): Promise<void> {
    await listen(this.server);
  }

  /** Forgets what was asked and what was to fail. */
  async stop(): Promise<void> {
    await close(this.server);
    this.calls.length = 0;
    this.alarmState = 'OK';
    this.commandFunction = 'command-1';
    this.failing = {};
  }

  /** Of a child process that is to find AWS here. */
  get environment(): Record<string, string> {
    const url = urlOf(this.server);
    const services = ['LAMBDA', 'CLOUDFORMATION', 'STS', 'CLOUDWATCH'];
    return {
      ...Object.fromEntries(
        services.map(service => [`AWS_ENDPOINT_URL_${service}`, `${url}/${service.toLowerCase()}`]),
      ),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const call = read(request, body);
    this.calls.push(call);
    const failing = this.failing[call.operation] ?? [];
    const failure = failing.length > 1 ? failing.shift() : failing[0];
    if (failure === 'cut') return void request.socket.destroy();
    if (failure && failure !== 'function error' && failure !== 'nothing') return refuse(call, failure, response);
    switch (call.operation) {
      case 'Invoke':
        return this.invoke(call, response, failure === 'function error');
      case 'DescribeStacks':
        return xml(response, call.operation, this.stack());
      case 'GetCallerIdentity': {
        const arn = 'arn:aws:sts::123456789012:assumed-role/Operators/ada@mockupaws.com';
        return xml(response, call.operation, `<Arn>${arn}</Arn><Account>123456789012</Account>`);
      }
      case 'DescribeAlarms': {
        const [AlarmName] = call.input.AlarmNames;
        return json(response, 200, {
          MetricAlarms: this.alarmState ? [{ AlarmName, StateValue: this.alarmState }] : [],
        });
      }
      case 'SetAlarmState':
        return json(response, 200, {});
      default:
        throw new Error(`nobody expected ${call.service}:${call.operation}`);
    }
  }

  private async invoke({ input }: AwsCall, response: ServerResponse, fails: boolean) {
    try {
      if (fails) throw new Error('the table is gone');
      const answer = input.do === 'subscribe' ? { offered: this.offered } : await this.handler(input);
      response.end(JSON.stringify(answer ?? null));
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType, errorMessage }));
    }
  }

  private stack(): string {
    const outputs = this.commandFunction
      ? `<member><OutputKey>IncidentResponseCommandFunctionAB12</OutputKey><OutputValue>${this.commandFunction}</OutputValue></member><member><OutputKey>IncidentResponseSubscriptionsFunctionCD34</OutputKey><OutputValue>subscriptions-1</OutputValue></member>`
      : '';
    return `<Stacks><member><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${outputs}</Outputs></member></Stacks>`;
  }
}

function read({ url = '', headers }: IncomingMessage, body: Buffer): AwsCall {
  const service = url.split('/')[1] as AwsCall['service'];
  if (service === 'lambda') return { service, operation: 'Invoke', input: JSON.parse(body.toString()) };
  if (service === 'cloudwatch') {
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    return { service, operation, input: JSON.parse(body.toString()) };
  }
  const input = Object.fromEntries(new URLSearchParams(body.toString()));
  return { service, operation: input['Action'] ?? '', input };
}

function xml(response: ServerResponse, operation: string, result: string): void {
  response.setHeader('content-type', 'text/xml');
  response.end(`<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}

function refuse({ service }: AwsCall, { status, type, message }: AwsError, response: ServerResponse): void {
  if (service === 'lambda' || service === 'cloudwatch') {
    response.setHeader('x-amzn-errortype', type);
    json(response, status, { __type: type, message });
    return;
  }
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
}
