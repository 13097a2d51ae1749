import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { arn } from '../../platform/arn.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { Remedy } from '../../remedies/remedy.ts';
import { describeTasks, shortOfMemory, targetOf, tasksArn, tasksInFindings } from './statements.ts';

type HeapDump = NonNullable<ServiceConfig['serviceMemory']['heapDump']>;

const DAYS = 14;

/**
 * Dumps a heap into a bucket that keeps it for two weeks. It must be the first remedy, as every other one destroys what the
 * dump would show.
 */
export function captureHeapDump(scope: Construct, config: ServiceConfig, heapDump: HeapDump): Remedy {
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
  }).addToRolePolicy(
    ...describeTasks(config),
    {
      actions: ['ecs:ExecuteCommand'],
      resources: [arn('ecs', `cluster/${ecs.cluster}`), tasksArn(config)],
      conditions: { StringEquals: { 'ecs:container-name': heapDump.container } },
    },
    { actions: ['s3:PutObject'], resources: [bucket.arnForObjects('heap-dumps/*')] },
    {
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': 'heap-dumps/*' } },
    },
  );
  Validations.of(capture.role).acknowledge(
    { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'ecs:ListTasks is narrowed to the cluster by a condition.' },
    {
      id: `AwsSolutions-IAM5[Resource::${tasksInFindings(config)}]`,
      reason: 'ECS gives tasks their ids as they come.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/heap-dumps/*]`,
      reason: 'Each dump is an object of its own.',
    },
  );
  return new Remedy(scope, 'CaptureHeapDump', {
    runbook: 'capture-heap-dump',
    service,
    worker: capture,
    defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    step: {
      name: 'capture-heap-dump',
      title: `Dump the heap of the oldest task of ${config.ecs.service}`,
      parameters: {},
      mode: 'auto',
      minimumSeverity: 'P3',
      target: targetOf(config),
      cooldownMinutes: 60,
      // A task may stand still while it writes, so another must be there.
      blastRadius: { fact: 'runningTasks', touches: 0.5, maximumShare: 0.5 },
      causes: [
        ...shortOfMemory(config),
        { fact: 'taskRestarts', atLeast: 3, means: '{} tasks ended by themselves within ten minutes' },
      ],
      needs: [{ fact: 'heapDumpPossible', atLeast: 1, otherwise: 'no heap can be dumped, as the diagnosis says' }],
      verifyMinutes: 1,
      verifiedBy: 'runbook',
    },
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
    // The bucket empties itself; a dump in it may be the only evidence of an incident.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'A dump is written once and fetched once or twice, by people whom CloudTrail knows; logs would outlive it.',
  });
  return bucket;
}
