import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';

/** The kill switch and the maintenance window: two parameters that a person can set from the console, read before every step. */
export class Switches extends Construct {
  private readonly automation: StringParameter;
  private readonly maintenance: StringParameter;

  constructor(scope: Construct, id: string, { service, automation }: Pick<ServiceConfig, 'service' | 'automation'>) {
    super(scope, id);
    const prefix = `/incident-response/${service}`;
    this.automation = new StringParameter(this, 'Automation', {
      parameterName: `${prefix}/automation`,
      description:
        'Kill switch: "on" lets runbooks run by themselves; anything else stops them. Setting it releases a spent budget.',
      stringValue: automation,
    });
    this.maintenance = new StringParameter(this, 'Maintenance', {
      parameterName: `${prefix}/maintenance-until`,
      description:
        '"none", or the time (2026-01-31T18:00:00Z) until which maintenance lasts, and a reason: npx incident maintenance.',
      stringValue: 'none',
    });
  }

  /** The environment variables by which a function finds the switches. */
  get environment(): Record<string, string> {
    return {
      AUTOMATION_PARAMETER: this.automation.parameterName,
      MAINTENANCE_PARAMETER: this.maintenance.parameterName,
    };
  }

  /** Lets the function open and end the maintenance window. */
  grantOpenWindow(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['ssm:PutParameter'], resources: [this.maintenance.parameterArn] });
  }

  grantRead(fn: ResponderFunction): void {
    fn.addToRolePolicy({
      actions: ['ssm:GetParameters'],
      resources: [this.automation.parameterArn, this.maintenance.parameterArn],
    });
  }
}
