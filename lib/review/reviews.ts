import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { REVIEW_ENTRIES } from '../../lambda/domain/post-mortem/review-notices.ts';
import { documentTemplates, noticeTemplates } from '../../templates/samples/reviews.ts';
import type { ChannelParts } from '../channels/notification-channel.ts';
import { reviewersOf } from '../config/people.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { Listener } from '../platform/event-subscriber.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';

/** What is owed after an incident: a post-mortem with its pictures and a meeting, and whoever must hear of it. */
export function addReviews(scope: Construct, parts: ChannelParts): void {
  const { config, paging, deployed, command, links } = parts;
  const { reviewGuests = [], stakeholders = [], operations } = config;
  const reviews = new Reviews(scope, 'Reviews');
  const addresses = addressesOf(config);
  const circle = { REVIEWERS: reviewersOf(config).join(','), REVIEW_GUESTS: reviewGuests.join(',') };

  const postMortem = new Listener(scope, 'PostMortem', {
    folder: 'functions/post-mortem',
    description: 'Measures an incident that is over, and drafts its post-mortem',
    entries: ['Resolved', 'PostMortemRequested'],
    lost: 'Incidents that were not measured, or whose post-mortem was not drafted',
    deployed: { ...deployed, addresses },
    templates: documentTemplates(),
    environment: { REVIEWS_BUCKET: reviews.bucket.bucketName, ...circle },
    timeout: 60,
    parts,
  });
  reviews.grantWrite(postMortem);
  postMortem.allowReading('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'cloudwatch:GetMetricWidgetImage');

  const told = new Listener(scope, 'Reviewers', {
    folder: 'functions/reviewers',
    description: 'Tells people of reviews, action items and what was learnt',
    entries: REVIEW_ENTRIES,
    lost: 'Messages about reviews that reached nobody',
    templates: noticeTemplates(),
    environment: {
      NOTICES_TOPIC: paging.notices.topicArn,
      PEOPLE: Object.keys(addresses).join(','),
      STAKEHOLDERS: stakeholders.join(','),
      OPERATIONS: operations.join(','),
      ...circle,
      ...links.environment,
    },
    parts,
  });
  paging.grantNotices(told);
  links.grantSign(told);

  command.function.addEnvironment('REVIEWS_BUCKET', reviews.bucket.bucketName);
  reviews.grantRead(command);
  reviews.grantWrite(command);
}

const addressesOf = ({ people }: ServiceConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(people).flatMap(([name, { email }]) => (email ? [[name, email]] : [])));

/** Where post-mortems are kept: every version of them, for good. */
class Reviews extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'A few documents a month, whose every version is kept; CloudTrail knows who reads them.',
    });
  }

  grantWrite(fn: ResponderFunction): void {
    this.acknowledge(fn).allow(['s3:PutObject'], [this.bucket.arnForObjects('reviews/*')]);
  }

  grantRead(fn: ResponderFunction): void {
    this.acknowledge(fn)
      .allow(['s3:GetObject'], [this.bucket.arnForObjects('reviews/*')])
      .allow(['s3:ListBucket'], [this.bucket.bucketArn], { StringLike: { 's3:prefix': 'reviews/*' } });
  }

  private acknowledge(fn: ResponderFunction): ResponderFunction {
    const bucket = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/reviews/*]`,
      reason: 'Each incident has a folder of its own there, and nothing else lies in the bucket.',
    });
    return fn;
  }
}
