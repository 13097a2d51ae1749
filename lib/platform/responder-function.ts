import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { bundled } from './bundle.ts';
import type { FunctionTemplates } from './templates.ts';

export interface ResponderFunctionProps {
  /** The folder in `lambda`. */
  folder: string;
  description: string;
  environment?: Record<string, string>;
  /** Where `rendered()` finds them. @default none */
  templates?: FunctionTemplates;
  /** @default Duration.seconds(30) */
  timeout?: Duration;
  /** Where events go that failed for good; for functions that are called asynchronously. */
  deadLetters?: Queue;
  /** For a function that must reach something inside a VPC. */
  network?: { vpc: IVpc; vpcSubnets: SubnetSelection; securityGroups: ISecurityGroup[] };
}

/** Lambda's own. */
const LONGEST_DESCRIPTION = 256;

/**
 * A Lambda function of the responder: Node 24, its own role with no managed policy, its own log group kept for three
 * months, JSON logs, the AWS SDK left to the runtime.
 */
export class ResponderFunction extends Construct {
  /** In `lambda`. */
  readonly folder: string;
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ResponderFunctionProps) {
    super(scope, id);
    this.folder = props.folder;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    const onFailure = props.deadLetters && new SqsDestination(props.deadLetters);
    this.function = new LambdaFunction(this, 'Function', {
      handler: 'index.handler',
      code: bundled(props.folder, props.templates),
      // A description may name something with a long name of its own.
      description: props.description.slice(0, LONGEST_DESCRIPTION),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout ?? Duration.seconds(30),
      ...(props.environment ? { environment: props.environment } : {}),
      ...(onFailure ? { onFailure, retryAttempts: 2, maxEventAge: Duration.hours(6) } : {}),
      ...props.network,
    });
  }

  /** Lets the function do exactly what the statements say. */
  addToRolePolicy(...statements: (PolicyStatement | PolicyStatementProps)[]): this {
    for (const statement of statements)
      this.role.addToPolicy(statement instanceof PolicyStatement ? statement : new PolicyStatement(statement));
    return this;
  }

  /** Lets the function call read actions that IAM cannot narrow to a resource. */
  addUnscopedReads(...actions: string[]): this {
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: `${actions.join(' and ')} only read, and IAM knows no narrower resource for it.`,
    });
    return this.addToRolePolicy({ actions, resources: ['*'] });
  }
}
