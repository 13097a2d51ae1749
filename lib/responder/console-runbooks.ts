import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ResponderFunction } from '../platform/responder-function.ts';
import { Runbook } from '../remedies/automation-document.ts';

export interface ConsoleRunbooksProps {
  service: string;
  investigate: ResponderFunction;
  smokeTest: ResponderFunction;
}

/** What a person runs from the console before and after acting: no plan contains it, as the responder does both anyway. */
export class ConsoleRunbooks extends Construct {
  constructor(scope: Construct, id: string, { service, investigate, smokeTest }: ConsoleRunbooksProps) {
    super(scope, id);
    for (const [runbook, { function: fn }] of Object.entries({ investigate, 'smoke-test': smokeTest }))
      new Runbook(this, runbook, {
        runbook,
        service,
        defaults: { FunctionName: fn.functionName },
        permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
      });
  }
}
