import { policyAllows, resolveTemplate } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { SECURITY_HEADERS } from '../../../lambda/domain/status-page/headers.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { actionsOf, refersTo, resources, statementsOf, synthesise } from '../../support/stack.ts';

/** Without subscribers, who add an endpoint to it. */
const { subscribers: _subscribers, ...statusPage } = config.statusPage as NonNullable<typeof config.statusPage>;
const { hostedZoneId: _, ...withoutZone } = statusPage;
const one = synthesise({ ...config, statusPage: { ...statusPage, subscribers: undefined } }, { nag: true });
const two = synthesise(defineService({ ...config, statusPage: { ...withoutZone, secondRegion: 'us-west-2' } }), {
  nag: true,
});
const all = (type: string, { template } = one) => resources(template, type);
const sole = (type: string, from = one) => {
  const found = all(type, from).filter(({ path }) => path.startsWith('StatusPage'));
  expect(found, type).toHaveLength(1);
  return found[0] as NonNullable<(typeof found)[number]>;
};
const distribution = (from = one) => sole('AWS::CloudFront::Distribution', from).properties.DistributionConfig;

it('passes the checks of CDK and of cdk-nag, in one region and in two', () => {
  expect([one, two].map(({ report }) => report.pluginReports)).toEqual([[], []]);
  expect(Object.keys(one.others)).toEqual([]);
});

it('is not deployed where none is configured', () => {
  const without = synthesise({ ...config, statusPage: undefined });
  const types = Object.values<{ Type: string }>(without.template.toJSON()['Resources']).map(({ Type }) => Type);
  expect(types.filter(type => /CloudFront|Route53/.test(type))).toEqual([]);
  expect(all('AWS::Lambda::Function', without).filter(({ path }) => path.startsWith('StatusPage'))).toEqual([]);
});

describe('the bucket', () => {
  const bucket = sole('AWS::S3::Bucket');
  const policy = sole('AWS::S3::BucketPolicy').properties.PolicyDocument.Statement;

  it('may be read by this distribution alone, and by nobody without TLS', () => {
    const allowing = policy.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    const distributionId = sole('AWS::CloudFront::Distribution').id;
    expect(allowing).toMatchObject([{ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } }]);
    expect(refersTo(allowing[0].Condition.StringEquals['AWS:SourceArn'])).toContain(distributionId);
    expect(policy).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('is written by one function, which may put, list, and read what it wrote last, and delete nothing', () => {
    const writers = all('AWS::IAM::Role').flatMap(({ id, path }) =>
      statementsOf(one.template, id)
        .filter(({ Resource }) => refersTo(Resource).includes(bucket.id))
        .map(statement => [path, actionsOf(statement)]),
    );
    expect(writers).toEqual([
      ['StatusPage/Role', ['s3:ListBucket']],
      ['StatusPage/Role', ['s3:PutObject']],
      ['StatusPage/Role', ['s3:GetObject']],
    ]);
    const role = statementsOf(one.template, sole('AWS::IAM::Role').id);
    const ofS3 = role.filter(statement => actionsOf(statement).some(action => action.startsWith('s3:')));
    expect(ofS3.flatMap(({ Resource }) => refersTo(Resource))).toEqual([bucket.id, bucket.id, bucket.id]);
  });
});

describe('the distribution', () => {
  it('is at the configured host, over TLS 1.2 and HTTP/2 and 3, and sends everybody to https', () => {
    const { ViewerCertificate, Aliases, HttpVersion, DefaultCacheBehavior, CacheBehaviors } = distribution();
    expect(ViewerCertificate).toEqual({
      AcmCertificateArn: statusPage.certificateArn,
      ...{ MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
    });
    expect([Aliases, HttpVersion]).toEqual([['status.mockupaws.com'], 'http2and3']);
    for (const behaviour of [DefaultCacheBehavior, ...CacheBehaviors])
      expect(behaviour).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', Compress: true });
  });

  it('reads the bucket by origin access control', () => {
    const [origin, ...others] = distribution().Origins;
    expect(others).toEqual([]);
    expect(refersTo(origin.DomainName)).toEqual([sole('AWS::S3::Bucket').id]);
    expect(refersTo(origin.OriginAccessControlId)).toEqual([sole('AWS::CloudFront::OriginAccessControl').id]);
    expect(sole('AWS::CloudFront::OriginAccessControl').properties.OriginAccessControlConfig).toMatchObject({
      ...{ SigningBehavior: 'always', SigningProtocol: 'sigv4', OriginAccessControlOriginType: 's3' },
    });
  });

  it('answers with the page for pages that are not there, whatever S3 calls that', () => {
    expect(distribution().DefaultRootObject).toBe('index.html');
    expect(distribution().CustomErrorResponses).toEqual([
      { ErrorCode: 403, ResponseCode: 404, ResponsePagePath: '/404.html', ErrorCachingMinTTL: 30 },
    ]);
  });

  it('sends every security header of the site, each in the way in which CloudFront takes it', () => {
    const policies = all('AWS::CloudFront::ResponseHeadersPolicy');
    expect(policies).toHaveLength(2);
    for (const { properties } of policies) {
      const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = properties.ResponseHeadersPolicyConfig;
      expect({
        'content-security-policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
        'strict-transport-security': `max-age=${security.StrictTransportSecurity.AccessControlMaxAgeSec}${security.StrictTransportSecurity.IncludeSubdomains ? '; includeSubDomains' : ''}`,
        'x-content-type-options': security.ContentTypeOptions.Override && 'nosniff',
        'x-frame-options': security.FrameOptions.FrameOption,
        'referrer-policy': security.ReferrerPolicy.ReferrerPolicy,
        ...Object.fromEntries(
          custom.Items.map(({ Header, Value }: { Header: string; Value: string }) => [Header, Value]),
        ),
      }).toEqual(SECURITY_HEADERS);
      for (const setting of [...Object.values<{ Override: boolean }>(security), ...custom.Items])
        expect(setting.Override).toBe(true);
    }
  });

  it('lets programs of any page read what is for programs, and the pages not', () => {
    const corsOf = ({ ResponseHeadersPolicyId }: { ResponseHeadersPolicyId: unknown }) => {
      const policy = all('AWS::CloudFront::ResponseHeadersPolicy').find(
        ({ id }) => id === refersTo(ResponseHeadersPolicyId)[0],
      );
      return policy?.properties.ResponseHeadersPolicyConfig.CorsConfig?.AccessControlAllowOrigins.Items;
    };
    const { DefaultCacheBehavior, CacheBehaviors } = distribution();
    expect(CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
      '/api/*',
      '*.atom',
      '*.rss',
    ]);
    expect(CacheBehaviors.map(corsOf)).toEqual([['*'], ['*'], ['*']]);
    expect(corsOf(DefaultCacheBehavior)).toBeUndefined();
  });

  it('gets both records of its host where the zone is known, and is told where it is not', () => {
    const records = all('AWS::Route53::RecordSet').map(({ properties }) => properties);
    expect(records.map(({ Name, Type, HostedZoneId }) => [Name, Type, HostedZoneId])).toEqual([
      ['status.mockupaws.com.', 'A', statusPage.hostedZoneId],
      ['status.mockupaws.com.', 'AAAA', statusPage.hostedZoneId],
    ]);
    for (const { AliasTarget } of records)
      expect(refersTo(AliasTarget.DNSName)).toEqual([sole('AWS::CloudFront::Distribution').id]);
    expect(all('AWS::Route53::RecordSet', two)).toEqual([]);
    const outputs = Object.values(two.template.findOutputs('*'));
    expect(outputs.flatMap(({ Value }) => refersTo(Value))).toContain(sole('AWS::CloudFront::Distribution', two).id);
  });
});

it('is written with every event and every five minutes, by way of one queue', () => {
  const rules = all('AWS::Events::Rule').filter(({ path }) => path.startsWith('StatusPage/'));
  expect(rules.map(({ properties }) => properties.ScheduleExpression)).toContain('rate(5 minutes)');
  const queue = sole('AWS::SQS::Queue').id;
  for (const { properties } of rules)
    expect(properties.Targets).toMatchObject([
      { Arn: { 'Fn::GetAtt': [queue, 'Arn'] }, SqsParameters: { MessageGroupId: 'status page' } },
    ]);
});

describe('with a second region', () => {
  const [stack = '', ...more] = Object.keys(two.others);
  const other = two.others[stack];
  const bucket = Object.values(other?.findResources('AWS::S3::Bucket') ?? {})[0];
  const name = bucket?.Properties.BucketName;
  /** A name in which the account’s id stands where CloudFormation puts it. */
  const written = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const [[key, argument] = ['', '']] = Object.entries(value as Record<string, unknown>);
    if (key === 'Fn::Join') return (argument as [string, unknown[]])[1].map(written).join('');
    return argument === 'AWS::AccountId' ? '123456789012' : 'aws';
  };

  it('there is a small stack there: a bucket as private as the first, and nothing else', () => {
    expect([stack, ...more]).toEqual(['Stack-second-region']);
    expect(Object.values<{ Type: string }>(other?.toJSON()['Resources']).map(({ Type }) => Type)).toEqual([
      ...['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
    ]);
    const { BucketName: _, ...properties } = bucket?.Properties ?? {};
    expect(properties).toEqual(sole('AWS::S3::Bucket').properties);
    expect(written(name)).toMatch(/^[a-z0-9-]{3,63}$/);
  });

  it('it is written by the same function, and read when the first fails', () => {
    const { SITE_BUCKETS } = sole('AWS::Lambda::Function', two).properties.Environment.Variables;
    expect(written(SITE_BUCKETS)).toMatch(new RegExp(`,us-west-2/${written(name)}$`));
    const statements = statementsOf(two.template, sole('AWS::IAM::Role', two).id);
    const allowed = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('us-west-2'));
    expect(allowed.flatMap(actionsOf)).toEqual(['s3:ListBucket', 's3:PutObject', 's3:GetObject']);
    const { OriginGroups, Origins, DefaultCacheBehavior } = distribution(two);
    const [group] = OriginGroups.Items;
    expect(group.FailoverCriteria.StatusCodes.Items).toEqual([500, 502, 503, 504]);
    const members = group.Members.Items.map(({ OriginId }: { OriginId: string }) =>
      Origins.find(({ Id }: { Id: string }) => Id === OriginId),
    );
    expect(refersTo(members[0].DomainName)).toEqual([sole('AWS::S3::Bucket', two).id]);
    expect(written(members[1].DomainName)).toBe(`${written(name)}.s3.us-west-2.amazonaws.com`);
    for (const { OriginAccessControlId } of members) expect(OriginAccessControlId).toBeDefined();
    expect(DefaultCacheBehavior.TargetOriginId).toBe(group.Id);
  });

  it('a rehearsal knows both buckets by the names that the function writes to', () => {
    const deployed = resolveTemplate(two.embedded);
    const [written] = deployed.flatMap(({ properties }) => properties['Environment']?.Variables?.SITE_BUCKETS ?? []);
    const known = deployed.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ ref }) => ref);
    expect(known).toEqual(expect.arrayContaining(written.split(',').map((place: string) => place.split('/')[1])));
  });

  it('distributions of this account may read it, and nobody else', () => {
    const [policy] = Object.values(other?.findResources('AWS::S3::BucketPolicy') ?? {});
    const statements = policy?.Properties.PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
      ...statement,
      Resource: '*',
      Condition: statement['Effect'] === 'Allow' ? resolved(statement['Condition']) : undefined,
    }));
    const may = (service: string, arn: string) =>
      policyAllows(
        statements.filter(({ Effect }: { Effect: string }) => Effect === 'Allow'),
        service,
        's3:GetObject',
        '*',
        { 'AWS:SourceArn': arn },
      );
    expect(may('cloudfront.amazonaws.com', 'arn:aws:cloudfront::123456789012:distribution/E1A2B3')).toBe(true);
    expect(may('cloudfront.amazonaws.com', 'arn:aws:cloudfront::210987654321:distribution/E1A2B3')).toBe(false);
    expect(may('lambda.amazonaws.com', 'arn:aws:cloudfront::123456789012:distribution/E1A2B3')).toBe(false);
  });

  const resolved = (condition: unknown) =>
    JSON.parse(JSON.stringify(condition), (_, value) => (value?.['Fn::Join'] ? written(value) : value));
});
