import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';
import { arn, describeTasks, IAM_NAME_OF_TASKS, tasksArn } from './statements.ts';

type HeapDump = NonNullable<ServiceConfig['serviceMemory']['heapDump']>;

const DAYS = 14;

/** The runbook that dumps a heap, the function that has it done, and the bucket that keeps it for two weeks. */
export function captureHeapDumpRunbook(
  scope: Construct,
  config: ServiceConfig,
  heapDump: HeapDump,
): AutomationDocument {
  const { service, ecs } = config;
  const bucket = heapDumps(scope);
  const capture = new ResponderFunction(scope, 'CaptureHeapDumpFunction', {
    folder: 'runbooks/capture-heap-dump',
    description: `Has a task of ${ecs.service} dump its heap and upload it`,
    environment: {
      HEAP_DUMP_BUCKET: bucket.bucketName,
      HEAP_DUMP_CONTAINER: heapDump.container,
      HEAP_DUMP_COMMAND: heapDump.command,
    },
    timeout: Duration.seconds(290),
  });
  for (const statement of describeTasks(config)) capture.role.addToPolicy(statement);
  capture
    .addToRolePolicy({
      actions: ['ecs:ExecuteCommand'],
      resources: [arn(`cluster/${ecs.cluster}`), tasksArn(config)],
      conditions: {
        StringEquals: { 'ecs:container-name': heapDump.container },
      },
    })
    .addToRolePolicy({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('heap-dumps/*')] })
    .addToRolePolicy({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': 'heap-dumps/*' } },
    });
  Validations.of(capture.role).acknowledge(
    { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'ecs:ListTasks is narrowed to the cluster by a condition.' },
    {
      id: `AwsSolutions-IAM5[Resource::${IAM_NAME_OF_TASKS(config)}]`,
      reason: 'ECS gives tasks their ids as they come.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/heap-dumps/*]`,
      reason: 'Each dump is an object of its own.',
    },
  );
  return new AutomationDocument(scope, 'CaptureHeapDump', {
    runbook: 'capture-heap-dump',
    service,
    defaults: { FunctionName: capture.function.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [capture.function.functionArn] }),
    ],
  });
}

/** A heap holds what users sent and what secrets the program has: nobody of ours may read it back, and it does not stay. */
function heapDumps(scope: Construct): Bucket {
  const bucket = new Bucket(scope, 'HeapDumps', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    lifecycleRules: [{ expiration: Duration.days(DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    // It empties itself; what is in it may be all that tells of an incident.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'A dump is written once and fetched once or twice, by people whom CloudTrail knows; logs would outlive it.',
  });
  return bucket;
}
