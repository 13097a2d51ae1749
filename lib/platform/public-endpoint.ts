import { CfnOutput } from 'aws-cdk-lib';
import { Alias, type CfnFunction, type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PublicSource } from '../../lambda/domain/incident/person.ts';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';

/** A function with a URL that everybody may call: the function itself accepts what is signed or harmless, and nothing else. */
export class PublicEndpoint extends ResponderFunction {
  readonly functionUrl: FunctionUrl;

  constructor(scope: Construct, id: string, props: ResponderFunctionProps) {
    super(scope, id, props);
    this.functionUrl = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new CfnOutput(this, 'Url', { value: this.url, description: props.description });
  }

  /** Lets so many invocations run at a time, so that a flood of requests takes no more from the account's. */
  reserve(invocations: number): void {
    (this.function.node.defaultChild as CfnFunction).reservedConcurrentExecutions = invocations;
  }

  /** Ends in `/`. */
  get url(): string {
    return this.functionUrl.url;
  }
}

export interface CommandEndpointProps extends ResponderFunctionProps {
  /** The function that changes incidents. */
  command: ResponderFunction;
  /** By its alias for this source, the function knows who asks, and for what they may ask. */
  source: PublicSource;
}

/** A public endpoint through which people act on incidents. It can change nothing itself: it invokes the command function. */
export class CommandEndpoint extends PublicEndpoint {
  constructor(scope: Construct, id: string, { command, source, ...props }: CommandEndpointProps) {
    const alias = new Alias(command, `For ${source}`, { aliasName: source, version: command.function.latestVersion });
    super(scope, id, { ...props, environment: { ...props.environment, COMMAND_FUNCTION: alias.functionArn } });
    this.addToRolePolicy({ actions: ['lambda:InvokeFunction'], resources: [alias.functionArn] });
  }
}
