import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LAST_KNOWN } from '../../lambda/domain/status-page/last-known.ts';
import { statusPageSamples } from '../../templates/samples/status-page.ts';
import type { ChannelParts } from '../channels/notification-channel.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { FifoSubscriber } from '../platform/fifo-subscriber.ts';
import { secondBucket, siteBucket } from './buckets.ts';
import { siteDistribution } from './distribution.ts';

/** The page also changes when maintenance begins or ends, with a new day, and with what was measured. */
const INTERVAL = Duration.minutes(5);

export interface StatusPageProps {
  settings: NonNullable<ServiceConfig['statusPage']>;
  responder: ChannelParts;
}

/** The status page for customers: a static site in a bucket, shown by CloudFront, so that it stands when all else is down. */
export class StatusPage extends FifoSubscriber {
  /** Others can add paths at the page's host to it. */
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { settings, responder }: StatusPageProps) {
    const { secondRegion } = settings;
    const { ownAlarms, paging, incidents } = responder;
    super(scope, id, {
      folder: 'functions/status-page',
      description: 'What customers see',
      name: 'status page',
      eventTypes: [
        ...(['Published', 'UpdatePosted', 'SeverityAssigned', 'Mitigated', 'Resolved', 'OutageMeasured'] as const),
        ...(['PostMortemRequested', 'PostMortemOverdue', 'PostMortemDone', 'MergedInto'] as const),
      ],
      schedule: INTERVAL,
      deadLetterDescription: 'Changes that the status page does not show',
      reads: ['deployment'],
      templates: responder.templates.for(statusPageSamples()),
      responder,
    });
    const bucket = siteBucket(this, 'Bucket');
    const second = secondRegion ? secondBucket(this, secondRegion) : undefined;
    this.distribution = siteDistribution(this, settings, { bucket, second });
    this.function.addEnvironment('SITE_BUCKETS', [bucket, second].flatMap(placeOf).join(','));
    for (const written of [bucket, second]) if (written) this.grantWrite(written);
    incidents.grantList(this);
    incidents.grantHistory(this);
    incidents.grantCheck(this);
    this.addUnscopedReads('cloudwatch:GetMetricData');
    ownAlarms.addAlarm(
      'StatusPageFailing',
      [paging.operations],
      'Writing the status page has been failing for 15 minutes',
      {
        metric: this.function.metricErrors({ period: INTERVAL, statistic: 'Sum' }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        evaluationPeriods: 3,
      },
    );
  }

  private grantWrite(bucket: IBucket): void {
    this.addToRolePolicy(
      { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
      { actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] },
      { actions: ['s3:GetObject'], resources: [bucket.arnForObjects(LAST_KNOWN)] },
    );
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nameOf(bucket)}/*]`,
      reason: 'The bucket holds the site and nothing else, and each incident is a page of its own.',
    });
  }
}

const placeOf = (bucket: IBucket | undefined) => (bucket ? [`${bucket.env.region}/${bucket.bucketName}`] : []);

/** Gives the bucket's ARN in the words of cdk-nag. */
const nameOf = (bucket: IBucket) => {
  const { defaultChild } = bucket.node;
  if (defaultChild) return `<${Stack.of(bucket).getLogicalId(defaultChild as CfnBucket)}.Arn>`;
  return bucket.bucketArn.replace(Aws.ACCOUNT_ID, '<AWS::AccountId>');
};
