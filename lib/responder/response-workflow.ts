import { Duration, Names, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type Chain,
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  Fail,
  JsonPath,
  LogLevel,
  Pass,
  StateMachine,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { ENDED } from '../../lambda/domain/remediation/execution.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import { documentsOf } from '../playbooks/playbook.ts';
import type { AutomationDocument } from '../remedies/automation-document.ts';
import { AUTOMATION_EXECUTIONS } from './automation-executions.ts';
import { ResponseFunctions, type ResponseFunctionsProps } from './response-functions.ts';

/** Seconds between two looks at a runbook that runs, and at a signal that should clear. */
const RUNBOOK_SECONDS = 15;
const VERIFY_SECONDS = 30;

/**
 * Minutes for which a call is repeated that fails by what passes: throttling, time-outs, a service that is away. A plan is made, and
 * begun, while the measurements behind it are fresh. What has begun is followed for longer than outages usually last, since nobody
 * else would see its end.
 */
const PATIENCE = { plan: 3, start: 5, follow: 20 };

/** Errors of a start that no repetition mends. */
const REFUSALS = [
  'AutomationDefinitionNotFoundException',
  'AutomationDefinitionVersionNotFoundException',
  'InvalidAutomationExecutionParametersException',
  'InvalidTarget',
  'IdempotentParameterMismatch',
].map(name => `Ssm.${name}`);

const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

const TRACING = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

/**
 * One short attempt: diagnose, classify, run the runbook of a step, verify it, and again, until the plan says it is over; then the
 * next one, while the plan of another trouble has its turn.
 * It never waits for a person. A failure anywhere hands over to one.
 */
export class ResponseWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  /** The function that tells people that the workflow failed. */
  readonly handOver: ResponderFunction;

  constructor(scope: Construct, id: string, props: ResponseFunctionsProps) {
    super(scope, id);
    const functions = new ResponseFunctions(this, 'Functions', props);
    const documents = documentsOf(props.playbooks);
    this.handOver = functions.handOver;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'One attempt to mitigate an incident',
      definitionBody: DefinitionBody.fromChainable(this.definition(functions, documents)),
      role: this.createRole(functions, documents).withoutPolicyUpdates(),
      timeout: Duration.hours(2),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Any other group adds itself to a resource policy of the account that ends at 5,120 characters.
          logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 120, separator: '-' })}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
  }

  /** Written out, because what CDK would grant by itself reaches further: every version of each function. */
  private createRole(functions: ResponseFunctions, documents: AutomationDocument[]): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const statements = [
      { actions: ['lambda:InvokeFunction'], resources: functions.all.map(fn => fn.function.functionArn) },
      { actions: ['ssm:StartAutomationExecution'], resources: documents.flatMap(document => document.startable) },
      { actions: ['ssm:StartAutomationExecution', 'ssm:GetAutomationExecution'], resources: [AUTOMATION_EXECUTIONS] },
      {
        actions: ['iam:PassRole'],
        resources: documents.map(document => document.role.roleArn),
        conditions: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
      { actions: [...LOG_DELIVERY, ...TRACING], resources: ['*'] },
    ];
    for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
    Validations.of(role).acknowledge(
      { id: `AwsSolutions-IAM5[Resource::*]`, reason: 'Log delivery and X-Ray know no narrower resource.' },
      {
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:automation-execution/*]',
        reason: 'The id of an execution is not known before it is started; which documents may be started is listed.',
      },
    );
    return role;
  }

  private definition(functions: ResponseFunctions, documents: AutomationDocument[]): Chain {
    const { diagnose, classify, plan, verify, handOver } = functions;
    const attempt = {
      slot: JsonPath.stringAt('$.slot'),
      number: JsonPath.numberAt('$.number'),
      id: JsonPath.stringAt('$.id'),
      attempt: JsonPath.numberAt('$.attempt'),
      after: JsonPath.stringAt('$.after'),
    };
    const failed = this.call(
      'Hand over',
      handOver,
      { ...attempt, error: JsonPath.objectAt('$.error') },
      JsonPath.DISCARD,
    ).next(new Fail(this, 'Handed over', { error: 'ResponseFailed', causePath: '$.error.Cause' }));
    const guarded = <Task extends TaskStateBase>(task: Task): Task => {
      task.addCatch(failed, { errors: [Errors.ALL], resultPath: '$.error' });
      return task;
    };

    const look = guarded(this.call('Diagnose', diagnose, attempt, JsonPath.DISCARD, PATIENCE.plan));
    const choose = guarded(this.call('Choose step', plan, attempt, '$.plan', PATIENCE.plan));
    const startRunbook = guarded(
      new CallAwsService(this, 'Start runbook', {
        service: 'ssm',
        action: 'startAutomationExecution',
        parameters: {
          DocumentName: JsonPath.stringAt('$.plan.returned.document'),
          Parameters: JsonPath.objectAt('$.plan.returned.parameters'),
          ClientToken: JsonPath.stringAt('$.plan.returned.clientToken'),
        },
        iamResources: documents.flatMap(document => document.startable),
        resultSelector: { 'id.$': '$.AutomationExecutionId' },
        resultPath: '$.runbook',
      }),
    );
    startRunbook.addRetry({ errors: REFUSALS, maxAttempts: 0 });
    // The token makes one execution of all attempts, also when an answer was lost.
    repeat(startRunbook, PATIENCE.start);
    const readRunbook = guarded(
      new CallAwsService(this, 'Read runbook', {
        service: 'ssm',
        action: 'getAutomationExecution',
        parameters: { AutomationExecutionId: JsonPath.stringAt('$.runbook.id') },
        iamResources: [AUTOMATION_EXECUTIONS],
        // The whole of an execution with many steps would be more than a state may hold.
        resultSelector: { 'status.$': '$.AutomationExecution.AutomationExecutionStatus' },
        resultPath: '$.observed',
      }),
    );
    repeat(readRunbook, PATIENCE.follow);
    const verifyStep = guarded(
      this.call(
        'Verify',
        verify,
        {
          ...attempt,
          run: JsonPath.stringAt('$.plan.returned.run'),
          execution: JsonPath.stringAt('$.runbook.id'),
        },
        '$.verification',
      ),
    );
    const noteExecution = guarded(
      this.call(
        'Note execution',
        verify,
        { ...attempt, run: JsonPath.stringAt('$.plan.returned.run'), execution: JsonPath.stringAt('$.runbook.id') },
        JsonPath.DISCARD,
      ),
    );
    const waitForRunbook = new Wait(this, 'Wait for runbook', {
      time: WaitTime.duration(Duration.seconds(RUNBOOK_SECONDS)),
    });
    const waitForSignal = new Wait(this, 'Wait for signal', {
      time: WaitTime.duration(Duration.seconds(VERIFY_SECONDS)),
    });
    const stepDone = new Pass(this, 'Step done', { inputPath: '$.plan.returned.run', resultPath: '$.after' });
    const nextPlan = new Pass(this, 'Next plan', { inputPath: '$.plan.returned.attempt', resultPath: '$.attempt' });
    const status = '$.observed.status';

    startRunbook
      .next(noteExecution)
      .next(waitForRunbook)
      .next(readRunbook)
      .next(
        new Choice(this, 'Runbook ended?')
          .when(Condition.or(...ENDED.map(value => Condition.stringEquals(status, value))), verifyStep)
          .otherwise(waitForRunbook),
      );
    verifyStep.next(
      new Choice(this, 'Verified?')
        .when(Condition.stringEquals('$.verification.returned.verdict', 'again'), waitForSignal.next(verifyStep))
        // The next step is chosen by new measurements, and a person who takes over reads nothing older.
        .otherwise(stepDone.next(look)),
    );
    choose.next(
      new Choice(this, 'Anything to run?')
        .when(Condition.stringEquals('$.plan.returned.next', 'run'), startRunbook)
        // The plan of another trouble of the incident has its turn.
        .when(Condition.stringEquals('$.plan.returned.next', 'turn'), nextPlan.next(look))
        .otherwise(new Succeed(this, 'Attempt over')),
    );
    const judge = guarded(this.call('Classify', classify, attempt, JsonPath.DISCARD, PATIENCE.plan));
    return look.next(judge).next(choose);
  }

  /** Invokes a function; what it returned stands at `returned` below the path. A call repeated does nothing twice. */
  private call(
    id: string,
    { function: lambdaFunction }: ResponderFunction,
    payload: Record<string, unknown>,
    resultPath: string,
    minutes = PATIENCE.follow,
  ): LambdaInvoke {
    const task = new LambdaInvoke(this, id, {
      lambdaFunction,
      payload: TaskInput.fromObject(payload),
      resultSelector: { 'returned.$': '$.Payload' },
      resultPath,
      // Lambda's own errors are among those that are repeated here.
      retryOnServiceExceptions: false,
    });
    repeat(task, minutes);
    return task;
  }
}

/** Repeats a call after 2, 4, 8 and 16 s, then every half minute, until so many minutes have passed. */
function repeat(task: TaskStateBase, minutes: number): void {
  task.addRetry({
    errors: [Errors.TASKS_FAILED],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxDelay: Duration.seconds(30),
    maxAttempts: 3 + 2 * minutes,
  });
}
