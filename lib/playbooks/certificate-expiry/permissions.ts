import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ServiceConfig } from '../../config/service-config.ts';

/** The certificates of a service that has some. */
export type WatchedCertificates = NonNullable<ServiceConfig['certificates']>;

const unique = <T>(values: T[]): T[] => [...new Set(values)];

/** Every certificate of the accounts and regions of the watched ones: the id of a replacement is not known beforehand. */
export const anyCertificate = (watched: WatchedCertificates): string[] =>
  unique(watched.map(({ arn }) => arn.replace(/[^/]+$/, '*')));

const zones = (watched: WatchedCertificates): string[] =>
  unique(
    watched.flatMap(({ hostedZoneId }) =>
      hostedZoneId ? [`arn:${Aws.PARTITION}:route53:::hostedzone/${hostedZoneId}`] : [],
    ),
  );

const listeners = (watched: WatchedCertificates): string[] =>
  unique(watched.flatMap(({ listenerArns }) => listenerArns));

const distributions = (watched: WatchedCertificates): string[] =>
  unique(
    watched.flatMap(({ distributionId }) =>
      distributionId ? [`arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distributionId}`] : [],
    ),
  );

/** A statement, or none where there are no resources to allow the actions on. */
const on = (resources: string[], ...actions: string[]): PolicyStatement[] =>
  resources.length > 0 ? [new PolicyStatement({ actions, resources })] : [];

export const seeWatched = (watched: WatchedCertificates) =>
  new PolicyStatement({ actions: ['acm:DescribeCertificate'], resources: watched.map(({ arn }) => arn) });

/** The watched certificates and their replacements, which are found by their tag. */
export const seeCertificates = (watched: WatchedCertificates) => [
  ...on(anyCertificate(watched), 'acm:DescribeCertificate', 'acm:ListTagsForCertificate'),
  ...on(['*'], 'acm:ListCertificates'),
];

export const seeRecords = (watched: WatchedCertificates) =>
  on(zones(watched), 'route53:GetHostedZone', 'route53:ListResourceRecordSets');

/** Creates validation records, and neither changes nor deletes any record: their names begin with an underscore. */
export const createRecords = (watched: WatchedCertificates) =>
  zones(watched).length === 0
    ? []
    : [
        new PolicyStatement({
          actions: ['route53:ChangeResourceRecordSets'],
          resources: zones(watched),
          conditions: {
            'ForAllValues:StringEquals': {
              'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
              'route53:ChangeResourceRecordSetsActions': ['CREATE'],
            },
            'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_*'] },
          },
        }),
      ];

/** Public certificates proven by DNS, and the one tag that tells what they replace. */
export const requestCertificates = (watched: WatchedCertificates) => [
  new PolicyStatement({
    actions: ['acm:RequestCertificate'],
    resources: ['*'],
    conditions: { StringEquals: { 'acm:ValidationMethod': 'DNS' } },
  }),
  new PolicyStatement({
    actions: ['acm:AddTagsToCertificate'],
    resources: anyCertificate(watched),
    conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['incident-response:replaces'] } },
  }),
];

export const changeListeners = (watched: WatchedCertificates) =>
  listeners(watched).length === 0
    ? []
    : [
        ...on(
          listeners(watched),
          'elasticloadbalancing:ModifyListener',
          'elasticloadbalancing:AddListenerCertificates',
          'elasticloadbalancing:RemoveListenerCertificates',
        ),
        ...on(['*'], 'elasticloadbalancing:DescribeListenerCertificates'),
      ];

export const changeDistributions = (watched: WatchedCertificates) =>
  on(
    distributions(watched),
    'cloudfront:GetDistribution',
    'cloudfront:GetDistributionConfig',
    'cloudfront:UpdateDistribution',
  );
