import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { SUBSCRIBE_PATH } from '../../lambda/domain/subscribers/subscribe-page.ts';
import { statusPageTemplates } from '../../templates/samples/status-page.ts';
import type { ChannelParts } from '../channels/notification-channel.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { QueuedListener } from '../platform/fifo-subscriber.ts';
import { secondBucket, siteBucket } from './buckets.ts';
import { siteDistribution } from './distribution.ts';

/** Begin and end of maintenance, a new day and what was measured change the page too. */
const EVERY = Duration.minutes(5);

/** What customers see: a static site in a bucket, shown by CloudFront, so that it stands when all else is down. */
export class StatusPage extends QueuedListener {
  /** What else is to be had at the page's host can be added to it. */
  readonly distribution: Distribution;

  constructor(scope: Construct, config: NonNullable<ServiceConfig['statusPage']>, parts: ChannelParts) {
    const { url, components, maintenance, subscribers, secondRegion } = config;
    const subscribeUrl = subscribers && SUBSCRIBE_PATH;
    const { deployed, ownAlarms, paging, incidents } = parts;
    super(scope, 'StatusPage', {
      folder: 'functions/status-page',
      description: 'What customers see',
      name: 'status page',
      entries: [
        ...(['Published', 'UpdatePosted', 'SeverityAssigned', 'Mitigated', 'Resolved', 'OutageMeasured'] as const),
        ...(['PostMortemRequested', 'PostMortemOverdue', 'PostMortemDone'] as const),
      ],
      every: EVERY,
      lost: 'Changes that the status page does not show',
      deployed: { ...deployed, site: { title: parts.config.title, url, components, maintenance, subscribeUrl } },
      templates: statusPageTemplates(),
      parts,
    });
    const bucket = siteBucket(this, 'Bucket');
    const second = secondRegion ? secondBucket(this, secondRegion) : undefined;
    this.distribution = siteDistribution(this, config, { bucket, second });
    this.function.addEnvironment('SITE_BUCKETS', [bucket, second].flatMap(placeOf).join(','));
    for (const written of [bucket, second]) if (written) this.allowWriting(written);
    incidents.grantList(this);
    incidents.grantHistory(this);
    this.allowReading('cloudwatch:GetMetricData');
    ownAlarms.tell(
      'StatusPageFailing',
      [paging.operations],
      'Writing the status page has been failing for 15 minutes',
      {
        metric: this.function.metricErrors({ period: EVERY, statistic: 'Sum' }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        evaluationPeriods: 3,
      },
    );
  }

  private allowWriting(bucket: IBucket): void {
    this.allow(['s3:ListBucket'], [bucket.bucketArn]).allow(['s3:PutObject'], [bucket.arnForObjects('*')]);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nameOf(bucket)}/*]`,
      reason: 'The bucket holds the site and nothing else, and each incident is a page of its own.',
    });
  }
}

const placeOf = (bucket: IBucket | undefined) => (bucket ? [`${bucket.env.region}/${bucket.bucketName}`] : []);

/** As cdk-nag calls its ARN. */
const nameOf = (bucket: IBucket) => {
  const { defaultChild } = bucket.node;
  if (defaultChild) return `<${Stack.of(bucket).getLogicalId(defaultChild as CfnBucket)}.Arn>`;
  return bucket.bucketArn.replace(Aws.ACCOUNT_ID, '<AWS::AccountId>');
};
