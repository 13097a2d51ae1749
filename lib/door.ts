import { CfnOutput } from 'aws-cdk-lib';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ResponderFunction, type ResponderFunctionProps } from './function.ts';

export interface DoorProps extends ResponderFunctionProps {
  /** What people do is done by this function, and by no other. */
  command: ResponderFunction;
}

/**
 * A door to the internet through which people act: a function with a URL of its own. The URL asks nobody who they are; the
 * function lets in what is signed, and nothing else. It can change nothing itself: it asks the command function.
 */
export class Door extends ResponderFunction {
  /** Ends in `/`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { command, ...props }: DoorProps) {
    super(scope, id, {
      ...props,
      environment: { ...props.environment, COMMAND_FUNCTION: command.function.functionName },
    });
    this.allow(['lambda:InvokeFunction'], [command.function.functionArn]);
    this.url = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
    new CfnOutput(this, 'Url', { value: this.url, description: props.description });
  }
}
