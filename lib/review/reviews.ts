import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { REVIEW_EVENTS } from '../../lambda/domain/post-mortem/review-notices.ts';
import { postMortemSamples, reviewNoticeSamples } from '../../templates/samples/reviews.ts';
import type { ChannelParts } from '../channels/notification-channel.ts';
import { addressesOf, reviewersOf } from '../config/people.ts';
import { EventSubscriber } from '../platform/event-subscriber.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';

/** Drafts a post-mortem after each incident, invites to its review, and reminds people of what they owe. */
export function addReviews(scope: Construct, responder: ChannelParts): void {
  const { config, paging, command, links, templates } = responder;
  const { reviewGuests = [], stakeholders = [], operations } = config;
  const reviews = new Reviews(scope, 'Reviews');
  const circle = { REVIEWERS: reviewersOf(config).join(','), REVIEW_GUESTS: reviewGuests.join(',') };

  const postMortem = new EventSubscriber(scope, 'PostMortem', {
    folder: 'functions/post-mortem',
    description: 'Measures an incident that is over, and drafts its post-mortem',
    eventTypes: ['Resolved', 'PostMortemRequested'],
    deadLetterDescription: 'Incidents that were not measured, or whose post-mortem was not drafted',
    reads: ['deployment', 'contacts'],
    templates: templates.for(postMortemSamples()),
    environment: { REVIEWS_BUCKET: reviews.bucket.bucketName, ...circle },
    timeout: Duration.minutes(1),
    responder,
  });
  reviews.grantWrite(postMortem);
  postMortem.addUnscopedReads(
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'cloudwatch:GetMetricWidgetImage',
  );

  const reviewers = new EventSubscriber(scope, 'Reviewers', {
    folder: 'functions/reviewers',
    description: 'Tells people of reviews, action items and what was learnt',
    eventTypes: REVIEW_EVENTS,
    deadLetterDescription: 'Messages about reviews that reached nobody',
    templates: templates.for(reviewNoticeSamples()),
    environment: {
      NOTICES_TOPIC: paging.notices.topicArn,
      PEOPLE: Object.keys(addressesOf(config)).join(','),
      STAKEHOLDERS: stakeholders.join(','),
      OPERATIONS: operations.join(','),
      ...circle,
      ...links.environment,
    },
    responder,
  });
  responder.incidents.grantClaim(reviewers);
  paging.grantNotices(reviewers);
  links.grantSign(reviewers);

  command.function.addEnvironment('REVIEWS_BUCKET', reviews.bucket.bucketName);
  reviews.grantRead(command);
  reviews.grantWrite(command);
}

/** The bucket that keeps every version of every post-mortem, for good. */
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
    this.acknowledge(fn).addToRolePolicy({
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects('reviews/*')],
    });
  }

  grantRead(fn: ResponderFunction): void {
    this.acknowledge(fn)
      .addToRolePolicy({ actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects('reviews/*')] })
      .addToRolePolicy({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': 'reviews/*' } },
      });
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
