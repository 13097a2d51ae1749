import { CfnOutput } from 'aws-cdk-lib';
import { type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';

/** A function with a URL of its own, which asks nobody who they are: the function lets in what is signed or harmless, and nothing else. */
export class OpenDoor extends ResponderFunction {
  readonly functionUrl: FunctionUrl;

  constructor(scope: Construct, id: string, props: ResponderFunctionProps) {
    super(scope, id, props);
    this.functionUrl = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new CfnOutput(this, 'Url', { value: this.url, description: props.description });
  }

  /** Ends in `/`. */
  get url(): string {
    return this.functionUrl.url;
  }
}

export interface DoorProps extends ResponderFunctionProps {
  /** What people do is done by this function, and by no other. */
  command: ResponderFunction;
}

/** A door to the internet through which people act on incidents. It can change nothing itself: it asks the command function. */
export class Door extends OpenDoor {
  constructor(scope: Construct, id: string, { command, ...props }: DoorProps) {
    super(scope, id, {
      ...props,
      environment: { ...props.environment, COMMAND_FUNCTION: command.function.functionName },
    });
    this.allow(['lambda:InvokeFunction'], [command.function.functionArn]);
  }
}
