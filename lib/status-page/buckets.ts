import { ArnFormat, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** A bucket for the whole site. Only CloudFront reads it, and S3's own encryption lets ETags tell what differs. */
export function siteBucket(scope: Construct, id: string, bucketName?: string): IBucket {
  const bucket = new Bucket(scope, id, {
    ...(bucketName ? { bucketName } : {}),
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    // Customers can still read it when the stack is gone by mistake.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'CloudFront alone reads it and one function alone writes it; what is in it is public.',
  });
  // The CDK's classes do not satisfy its own interfaces under exactOptionalPropertyTypes.
  return bucket as IBucket;
}

/**
 * A second bucket in another region, in a small stack of its own, since a stack creates nothing anywhere else. The stacks know
 * each other by names alone: CloudFormation hands no values from one region to another. Gives the bucket as it is known here.
 */
export function secondBucket(scope: Construct, region: string): IBucket {
  const stack = Stack.of(scope);
  const { account, partition } = stack;
  const second = new Stack(stack.node.scope ?? stack, `${stack.node.id}-second-region`, {
    description: `${stack.templateOptions.description ?? 'Incident response'}: the copy of the status page`,
    env: { account, region },
  });
  // A bucket's name is the only one of its kind in the world, and 63 letters long at most.
  const unique = Names.uniqueResourceName(scope, { maxLength: 32, separator: '-' }).toLowerCase();
  const bucketName = `${unique}-${account}-${region}`;
  const bucket = siteBucket(second, 'Bucket', bucketName);
  // Only the other stack knows which distribution it is, and that stack needs the bucket first.
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: {
        ArnLike: {
          'AWS:SourceArn': stack.formatArn({
            ...{ partition, service: 'cloudfront', region: '', resource: 'distribution', resourceName: '*' },
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  stack.addStackDependency(second, 'it writes there, and shows what is there');
  return Bucket.fromBucketAttributes(scope, 'SecondBucket', { bucketName, region });
}
