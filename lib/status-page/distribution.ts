import { Annotations, CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  type IOrigin,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import { FOR_PROGRAMS, securityHeaders } from './headers.ts';

type StatusPageConfig = NonNullable<ServiceConfig['statusPage']>;

interface Buckets {
  bucket: IBucket;
  /** The copy that is shown when the first cannot be read. */
  second: IBucket | undefined;
}

/** Paths that programs read, from whatever page they run in. */
const PROGRAMS = ['/api/*', '*.atom', '*.rss'];

/** How long CloudFront remembers that there is nothing at an address: a page that is new must not seem to be missing. */
const MISSING = Duration.seconds(30);

/** CloudFront before the bucket: at the page's own host, over TLS 1.2 and newer alone, with headers that browsers obey. */
export function siteDistribution(scope: Construct, config: StatusPageConfig, buckets: Buckets): Distribution {
  const host = new URL(config.url).hostname;
  const behaviour = (responseHeadersPolicy: ResponseHeadersPolicy): BehaviorOptions => ({
    origin,
    cachePolicy: CachePolicy.CACHING_OPTIMIZED,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy,
    compress: true,
  });
  const origin = originOf(scope, buckets);
  const forPeople = new ResponseHeadersPolicy(scope, 'Headers', securityHeaders());
  const forPrograms = new ResponseHeadersPolicy(scope, 'HeadersForPrograms', {
    ...securityHeaders(),
    corsBehavior: FOR_PROGRAMS,
  });
  const distribution = new Distribution(scope, 'Distribution', {
    comment: `Status page ${host}`,
    domainNames: [host],
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', config.certificateArn),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: HttpVersion.HTTP2_AND_3,
    defaultRootObject: 'index.html',
    defaultBehavior: behaviour(forPeople),
    additionalBehaviors: Object.fromEntries(PROGRAMS.map(path => [path, behaviour(forPrograms)])),
    // S3 says 403 of what is not there to whoever may not list the bucket.
    errorResponses: [{ httpStatus: 403, responseHttpStatus: 404, responsePagePath: '/404.html', ttl: MISSING }],
  });
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Customers read it wherever they are.' },
    {
      id: 'AwsSolutions-CFR2',
      reason: 'Behind it are files of a bucket, and a form that bounds itself what it lets be done.',
    },
    { id: 'AwsSolutions-CFR3', reason: 'Who reads it is nobody’s business: addresses of visitors are personal data.' },
  );
  pointTo(scope, distribution, host, config.hostedZoneId);
  return distribution;
}

/** The bucket; with a second one, whichever answers. */
function originOf(scope: Construct, { bucket, second }: Buckets): IOrigin {
  const originAccessControl = new S3OriginAccessControl(scope, 'Access');
  const first = S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl, ...(second ? IMPATIENTLY : {}) });
  if (!second) return first;
  // The second region's stack lets CloudFront read it.
  Annotations.of(scope).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac');
  return new OriginGroup({
    primaryOrigin: first,
    fallbackOrigin: S3BucketOrigin.withOriginAccessControl(second, { originAccessControl }),
    fallbackStatusCodes: [500, 502, 503, 504],
  });
}

/** Half a minute, the default, is too long to wait for a region that is gone. */
const IMPATIENTLY = { connectionAttempts: 2, connectionTimeout: Duration.seconds(2) };

/** The host's records, or what to make them of. */
function pointTo(scope: Construct, distribution: Distribution, host: string, hostedZoneId: string | undefined): void {
  new CfnOutput(scope, 'Domain', {
    value: distribution.distributionDomainName,
    description: `What ${host} is to point to, by a CNAME, unless it does already`,
  });
  if (!hostedZoneId) return;
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName: host });
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  new ARecord(scope, 'Address', { zone, target });
  new AaaaRecord(scope, 'AddressV6', { zone, target });
}
