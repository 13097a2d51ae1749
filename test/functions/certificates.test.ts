import {
  ACMClient,
  AddTagsToCertificateCommand,
  type CertificateDetail,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  CloudFrontClient,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  AddListenerCertificatesCommand,
  DescribeListenerCertificatesCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndpointCertificate } from '../../lambda/domain/diagnosis/certificate.ts';
import { certificates } from '../../lambda/investigation/checks/certificates.ts';
import { servedCertificates } from '../../lambda/investigation/checks/served-certificates.ts';
import { measureCertificates } from '../../lambda/readings/certificates.ts';
import { handler as request } from '../../lambda/runbooks/request-replacement/handler.ts';
import { handler as restore } from '../../lambda/runbooks/restore-validation-records/handler.ts';
import { handler as update } from '../../lambda/runbooks/update-certificate/handler.ts';
import { handler as verify } from '../../lambda/runbooks/verify-certificate/handler.ts';
import { DEPLOYED, invoke, useSilence } from '../support/responder.ts';

const NOW = new Date('2026-04-07T10:00:00.000Z');
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/old';
const NEW = 'arn:aws:acm:us-east-1:123456789012:certificate/new';
const LISTENER = 'arn:listener';
const WATCHED = {
  ...{ arn: ARN, hosts: ['example.com', 'api.example.com'], hostedZoneId: 'Z1' },
  ...{ listenerArns: [LISTENER], distributionId: 'E1' },
};
const RECORD = { name: '_a.example.com.', value: '_b.acm-validations.aws.' };

const acm = mockClient(ACMClient);
const route53 = mockClient(Route53Client);
const elb = mockClient(ElasticLoadBalancingV2Client);
const cloudfront = mockClient(CloudFrontClient);

/** What each host serves; what is not here is not reached. */
const serves = vi.hoisted(() => new Map<string, EndpointCertificate>());
vi.mock('../../lambda/adapters/tls.ts', () => ({
  handshake: async (host: string) => {
    const served = serves.get(host);
    if (!served) throw new Error(`${host}: ECONNREFUSED`);
    return served;
  },
  acceptsOldProtocols: async () => false,
}));

const served = (host: string, days: number, changes: Partial<EndpointCertificate> = {}) =>
  serves.set(host, {
    ...{ host, protocol: 'TLSv1.3', notAfter: inDays(days), names: [host], matches: true },
    ...changes,
  });

const detail = (changes: Partial<CertificateDetail> = {}): CertificateDetail => ({
  ...{ DomainName: 'example.com', SubjectAlternativeNames: ['example.com', '*.example.com'], Status: 'ISSUED' },
  ...{ Type: 'AMAZON_ISSUED', NotAfter: inDays(100), InUseBy: [LISTENER] },
  // The wildcard is proven by the record of the name that it stands on.
  DomainValidationOptions: ['example.com', '*.example.com'].map(DomainName => ({
    ...{ DomainName, ValidationMethod: 'DNS' },
    ResourceRecord: { Name: RECORD.name, Type: 'CNAME', Value: RECORD.value },
  })),
  ...changes,
});

const holds = (changes: Partial<CertificateDetail> = {}) =>
  acm.on(DescribeCertificateCommand, { CertificateArn: ARN }).resolves({ Certificate: detail(changes) });

/** A replacement that was requested, and bears the tag. */
function replaced(Status: 'ISSUED' | 'PENDING_VALIDATION'): void {
  acm.on(ListCertificatesCommand).resolves({
    CertificateSummaryList: [
      { CertificateArn: ARN, DomainName: 'example.com' },
      { CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/another', DomainName: 'example.com' },
      { CertificateArn: NEW, DomainName: 'example.com' },
    ],
  });
  acm.on(ListTagsForCertificateCommand).resolves({ Tags: [] });
  acm
    .on(ListTagsForCertificateCommand, { CertificateArn: NEW })
    .resolves({ Tags: [{ Key: 'incident-response:replaces', Value: 'old' }] });
  acm
    .on(DescribeCertificateCommand, { CertificateArn: NEW })
    .resolves({ Certificate: detail({ Status, InUseBy: [] }) });
}

/** What stands in the zone under the name of the record, or what comes after it. */
const stands = (value: string | undefined) =>
  route53.on(ListResourceRecordSetsCommand).resolves({
    ResourceRecordSets: [
      value === undefined
        ? { Name: 'www.example.com.', Type: 'CNAME', ResourceRecords: [{ Value: 'example.com' }] }
        : { Name: RECORD.name, Type: 'CNAME', ResourceRecords: [{ Value: value }] },
    ],
    IsTruncated: false,
    MaxItems: 1,
  });

useSilence();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  vi.stubEnv('CERTIFICATES', JSON.stringify([WATCHED]));
  vi.stubEnv('WARNING_DAYS', '30');
  vi.stubEnv('CRITICAL_DAYS', '7');
  for (const client of [acm, route53, elb, cloudfront]) client.reset();
  serves.clear();
  holds();
  acm.on(ListCertificatesCommand).resolves({ CertificateSummaryList: [] });
  route53.on(GetHostedZoneCommand).resolves({ HostedZone: { Id: 'Z1', Name: 'example.com.', CallerReference: 'x' } });
  stands(RECORD.value);
  served('example.com', 100);
  served('api.example.com', 100);
});

const resources = (watched: object[] = [WATCHED]) => ({
  ...DEPLOYED.resources,
  certificates: { warningDays: 30, criticalDays: 7, watched: watched as (typeof WATCHED)[] },
});

describe('the measurement of certificates', () => {
  const measured = async () => {
    const { days, faults } = measureCertificates(resources().certificates, NOW);
    const [left, found] = await Promise.allSettled([days, faults]);
    return [left, found].map(one => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message));
  };

  it('has as days left the least of ACM and each host', async () => {
    expect(await measured()).toEqual([100, 0]);
    served('api.example.com', 12);
    expect(await measured()).toEqual([12, 0]);
    holds({ NotAfter: inDays(3) });
    expect(await measured()).toEqual([3, 0]);
  });

  it('has the days left of ACM when a host is not reached, and those of the hosts when ACM fails', async () => {
    serves.delete('api.example.com');
    holds({ NotAfter: inDays(5) });
    expect(await measured()).toEqual([5, 0]);
    serves.clear();
    expect(await measured()).toEqual([5, 0]);
    served('example.com', 8);
    acm.on(DescribeCertificateCommand).rejects(new Error('ThrottlingException'));
    expect(await measured()).toEqual([8, 'ThrottlingException']);
  });

  it('has no value when neither ACM nor a host answers', async () => {
    serves.clear();
    acm.on(DescribeCertificateCommand).rejects(new Error('AccessDenied'));
    expect(await measured()).toEqual(['AccessDenied', 'AccessDenied']);
  });

  it('leaves out a certificate that is not in use', async () => {
    holds({ NotAfter: inDays(-3), InUseBy: [], RenewalSummary: { RenewalStatus: 'FAILED' } as never });
    expect(await measured()).toEqual([100, 0]);
  });

  it('counts what browsers refuse and a failed renewal as faults, but not a short time left', async () => {
    served('example.com', -5);
    expect(await measured()).toEqual([-5, 0]);
    served('example.com', 100, { matches: false });
    served('api.example.com', 100, { distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    holds({ RenewalSummary: { RenewalStatus: 'FAILED' } as never });
    expect(await measured()).toEqual([100, 3]);
  });
});

describe('the diagnosis of certificates', () => {
  const look = (watched?: object[]) => certificates(resources(watched), NOW);

  it('finds nothing to do for a good certificate', async () => {
    expect(await look()).toMatchObject({
      ok: true,
      summary: 'Certificates: example.com 100.0 days left',
      facts: {
        certificateDaysLeft: 100,
        certificateRenewable: 1,
        missingValidationRecords: 0,
        certificatesToReplace: 0,
      },
    });
  });

  it('counts a missing validation record once', async () => {
    stands(undefined);
    holds({ NotAfter: inDays(29), RenewalSummary: { RenewalStatus: 'PENDING_VALIDATION' } as never });
    expect(await look()).toMatchObject({
      ok: false,
      summary: 'Certificates: example.com 29.0 days left, renewal PENDING_VALIDATION, 1 validation record missing',
      facts: { missingValidationRecords: 1, certificatesToReplace: 0, replacementReady: 0 },
    });
  });

  it('does not count a validation record with another value or in another zone as missing', async () => {
    stands('_somebody.else.');
    expect(await look()).toMatchObject({
      summary: expect.stringContaining('1 validation record with another value, which is not overwritten'),
      facts: { missingValidationRecords: 0 },
    });
    route53.on(GetHostedZoneCommand).resolves({ HostedZone: { Id: 'Z1', Name: 'example.org.', CallerReference: 'x' } });
    expect(await look()).toMatchObject({
      summary: expect.stringContaining('1 validation record outside the hosted zone'),
      facts: { missingValidationRecords: 0 },
    });
  });

  it.each<[string, Partial<CertificateDetail>, object, string]>([
    [
      'that was imported',
      { Type: 'IMPORTED', DomainValidationOptions: undefined },
      {},
      'imported, ACM cannot renew it, not replaced',
    ],
    [
      'without a hosted zone',
      {},
      { hostedZoneId: undefined },
      'no hosted zone configured: its records cannot be checked',
    ],
    [
      'validated by e-mail and without a hosted zone',
      { DomainValidationOptions: [{ DomainName: 'example.com', ValidationMethod: 'EMAIL' }] },
      { hostedZoneId: undefined },
      'validated by e-mail, somebody must answer that of ACM, not replaced by itself',
    ],
  ])('explains a certificate %s, and gives no step a cause', async (_, changes, configured, said) => {
    holds({ NotAfter: inDays(5), ...changes });
    const { summary, facts } = await look([{ ...WATCHED, ...configured }]);
    expect(summary).toContain(said);
    expect(facts).toMatchObject({ missingValidationRecords: 0, certificatesToReplace: 0 });
    expect(route53.calls()).toEqual([]);
  });

  it('names the certificates to replace by their position, and a replacement that is ready', async () => {
    holds({ NotAfter: inDays(5) });
    replaced('ISSUED');
    const well = { ...WATCHED, arn: NEW };
    expect(await look([well, WATCHED])).toMatchObject({
      summary: expect.stringContaining(`a replacement is ISSUED: ${NEW}`),
      facts: { certificatesToReplace: 1, replacementReady: 1 },
    });
  });

  it('grades the served certificates, and names the host it cannot reach', async () => {
    served('example.com', 12);
    serves.delete('api.example.com');
    expect(await servedCertificates(resources(), NOW)).toEqual({
      ok: null,
      summary: 'Served: example.com B (12.0 days left), not seen (api.example.com: ECONNREFUSED)',
      facts: { servedFaults: 0, servedDaysLeft: 12 },
    });
  });
});

describe('restoring validation records', () => {
  it('creates exactly the missing records, and checks that they exist', async () => {
    const standing = { Name: RECORD.name, Type: 'CNAME' as const, ResourceRecords: [{ Value: RECORD.value }] };
    route53
      .on(ListResourceRecordSetsCommand)
      .resolvesOnce({ ResourceRecordSets: [], IsTruncated: false, MaxItems: 1 })
      .resolves({ ResourceRecordSets: [standing], IsTruncated: false, MaxItems: 1 });
    expect(await invoke(restore, { dryRun: 'false' })).toEqual({
      ...{ verdict: 'done', reason: '', changed: [`put back: ${RECORD.name}`] },
      ...{ restored: [RECORD.name], different: [] },
    });
    const [change, ...others] = route53.commandCalls(ChangeResourceRecordSetsCommand);
    expect(others).toEqual([]);
    expect(change?.args[0].input).toMatchObject({
      HostedZoneId: 'Z1',
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: { Name: RECORD.name, Type: 'CNAME', ResourceRecords: [{ Value: RECORD.value }] },
          },
        ],
      },
    });
  });

  it('changes nothing in a dry run, or when no record is missing', async () => {
    expect(await invoke(restore, { dryRun: 'false' })).toMatchObject({ verdict: 'done', changed: [], restored: [] });
    stands(undefined);
    expect(await invoke(restore, { dryRun: 'true' })).toMatchObject({
      verdict: 'done',
      changed: [],
      restored: [RECORD.name],
    });
    expect(route53.commandCalls(ChangeResourceRecordSetsCommand)).toEqual([]);
  });

  it('never overwrites another value, and leaves it to a person', async () => {
    stands('_somebody.else.');
    expect(await invoke(restore, { dryRun: 'false' })).toMatchObject({
      verdict: 'unchanged',
      reason: expect.stringContaining('another value stands in _a.example.com.: a person must decide'),
    });
    expect(route53.commandCalls(ChangeResourceRecordSetsCommand)).toEqual([]);
  });

  it('fails when the record it created is not found', async () => {
    stands(undefined);
    expect(await invoke(restore, { dryRun: 'false' })).toMatchObject({
      verdict: 'failed',
      reason: 'put back, but not there: _a.example.com.',
    });
  });
});

describe('requesting a replacement certificate', () => {
  const asked = { dryRun: 'false', certificateArns: ARN };

  it('asks ACM for the same names with DNS validation, and tags the certificate', async () => {
    acm.on(RequestCertificateCommand).resolves({ CertificateArn: NEW });
    acm
      .on(DescribeCertificateCommand, { CertificateArn: NEW })
      .resolves({ Certificate: detail({ Status: 'PENDING_VALIDATION' }) });
    stands(undefined);
    expect(await invoke(request, asked)).toMatchObject({
      ...{ verdict: 'done', waiting: 'true', certificateArns: ARN },
      changed: [`${NEW} is requested in the place of ${ARN}`, 'validation records are written: _a.example.com.'],
      replacements: [{ replaces: ARN, arn: NEW }],
    });
    expect(acm.commandCalls(RequestCertificateCommand)[0]?.args[0].input).toEqual({
      ...{ DomainName: 'example.com', SubjectAlternativeNames: ['*.example.com'], ValidationMethod: 'DNS' },
      IdempotencyToken: expect.stringMatching(/^\w{32}$/),
    });
    expect(acm.commandCalls(AddTagsToCertificateCommand)[0]?.args[0].input).toEqual({
      CertificateArn: NEW,
      Tags: [{ Key: 'incident-response:replaces', Value: 'old' }],
    });
    expect(route53.commandCalls(ChangeResourceRecordSetsCommand)).toHaveLength(1);
  });

  it('continues with the replacement that it finds by its tag', async () => {
    replaced('PENDING_VALIDATION');
    expect(await invoke(request, asked)).toMatchObject({ verdict: 'done', waiting: 'true', changed: [] });
    replaced('ISSUED');
    expect(await invoke(request, { ...asked, required: 'true' })).toMatchObject({ verdict: 'done', waiting: 'false' });
    expect(acm.commandCalls(RequestCertificateCommand)).toEqual([]);
  });

  it('fails with the reason when the certificate must be issued by now and is not', async () => {
    replaced('PENDING_VALIDATION');
    stands('_somebody.else.');
    expect(await invoke(request, { ...asked, required: 'true' })).toMatchObject({
      verdict: 'failed',
      reason: expect.stringContaining(
        `${NEW} is PENDING_VALIDATION, as another value stands in _a.example.com.. Run this again later`,
      ),
    });
  });

  it('requests nothing in a dry run', async () => {
    expect(await invoke(request, { ...asked, dryRun: 'true' })).toMatchObject({
      replacements: [{ status: 'to be requested' }],
    });
    expect(acm.commandCalls(RequestCertificateCommand)).toEqual([]);
  });

  it('refuses an imported certificate, and one that is not configured', async () => {
    holds({ Type: 'IMPORTED' });
    expect(await invoke(request, asked)).toMatchObject({
      verdict: 'unchanged',
      reason: expect.stringContaining('is not replaced by itself: imported'),
    });
    expect(await invoke(request, { ...asked, certificateArns: `${ARN},${NEW}` })).toMatchObject({
      verdict: 'unchanged',
      reason: `not configured: ${NEW}`,
    });
  });

  it('finds the certificates that need it when none is named', async () => {
    const found = { ...asked, certificateArns: '' };
    expect(await invoke(request, found)).toMatchObject({
      verdict: 'unchanged',
      reason: 'no certificate needs a replacement',
    });
    holds({ NotAfter: inDays(5) });
    replaced('ISSUED');
    expect(await invoke(request, found)).toMatchObject({ verdict: 'done', certificateArns: ARN, waiting: 'false' });
    expect(acm.commandCalls(RequestCertificateCommand)).toEqual([]);
  });
});

describe('updating the certificate of a listener and a distribution', () => {
  const asked = { dryRun: 'false', certificateArns: ARN, direction: 'replacement' };
  const ViewerCertificate = {
    ACMCertificateArn: ARN,
    Certificate: ARN,
    CertificateSource: 'acm',
    SSLSupportMethod: 'sni-only',
  };

  beforeEach(() => {
    replaced('ISSUED');
    listens({ arn: ARN, isDefault: true });
    const DistributionConfig = { Comment: 'kept', ViewerCertificate } as never;
    cloudfront.on(GetDistributionConfigCommand).resolves({ ETag: 'E7', DistributionConfig });
    cloudfront.on(GetDistributionCommand).resolves({
      Distribution: {
        Status: 'Deployed',
        DistributionConfig: { ViewerCertificate: { ACMCertificateArn: NEW } },
      } as never,
    });
  });

  const listens = (...certificates: { arn: string; isDefault: boolean }[]) =>
    elb.on(DescribeListenerCertificatesCommand).resolves({
      Certificates: certificates.map(({ arn, isDefault }) => ({ CertificateArn: arn, IsDefault: isDefault })),
    });
  const changed = () =>
    elb
      .calls()
      .map(({ args: [command] }) => [command.constructor.name, command.input] as const)
      .filter(([name]) => !name.startsWith('Describe'));

  it('replaces the default certificate, and changes nothing else of the distribution', async () => {
    elb
      .on(DescribeListenerCertificatesCommand)
      // To see what it changes, and to change it.
      .resolvesOnce({ Certificates: [{ CertificateArn: ARN, IsDefault: true }] })
      .resolvesOnce({ Certificates: [{ CertificateArn: ARN, IsDefault: true }] })
      .resolves({ Certificates: [{ CertificateArn: NEW, IsDefault: true }] });
    expect(await invoke(update, asked)).toMatchObject({ verdict: 'done', waiting: 'false' });
    expect(changed()).toEqual([
      [ModifyListenerCommand.name, { ListenerArn: LISTENER, Certificates: [{ CertificateArn: NEW }] }],
    ]);
    expect(cloudfront.commandCalls(UpdateDistributionCommand)[0]?.args[0].input).toEqual({
      ...{ Id: 'E1', IfMatch: 'E7' },
      DistributionConfig: {
        Comment: 'kept',
        ViewerCertificate: { ACMCertificateArn: NEW, SSLSupportMethod: 'sni-only' },
      },
    });
  });

  it('adds an additional certificate before it removes the old one, and leaves the default as it is', async () => {
    listens({ arn: 'arn:default', isDefault: true }, { arn: ARN, isDefault: false });
    expect(await invoke(update, asked)).toMatchObject({ verdict: 'done', waiting: 'true' });
    expect(changed().map(([name]) => name)).toEqual([
      AddListenerCertificatesCommand.name,
      RemoveListenerCertificatesCommand.name,
    ]);
  });

  it('returns to the former certificate in the same way', async () => {
    listens({ arn: NEW, isDefault: true });
    await invoke(update, { ...asked, direction: 'former' });
    expect(changed()).toEqual([
      [ModifyListenerCommand.name, { ListenerArn: LISTENER, Certificates: [{ CertificateArn: ARN }] }],
    ]);
  });

  it('changes nothing in a dry run, before every replacement is issued, or when all is up to date', async () => {
    await invoke(update, { ...asked, dryRun: 'true' });
    replaced('PENDING_VALIDATION');
    const refused = (reason: string) => ({
      verdict: 'unchanged',
      reason: expect.stringContaining(reason),
      changed: [],
    });
    expect(await invoke(update, asked)).toMatchObject(refused('is PENDING_VALIDATION, not ISSUED'));
    acm.on(ListCertificatesCommand).resolves({ CertificateSummaryList: [] });
    expect(await invoke(update, asked)).toMatchObject(refused('has no replacement: run request-replacement first'));
    expect(await invoke(update, { ...asked, certificateArns: '' })).toMatchObject(
      refused('no certificate has a replacement that could be served'),
    );
    replaced('ISSUED');
    listens({ arn: NEW, isDefault: true });
    cloudfront.on(GetDistributionConfigCommand).resolves({
      DistributionConfig: { ViewerCertificate: { ACMCertificateArn: NEW } } as never,
    });
    expect(await invoke(update, asked)).toMatchObject({ verdict: 'done', waiting: 'false' });
    expect(changed()).toEqual([]);
    expect(cloudfront.commandCalls(UpdateDistributionCommand)).toEqual([]);
  });

  it('fails with the places that are missing when it must be everywhere by now', async () => {
    cloudfront.on(GetDistributionCommand).resolves({
      Distribution: {
        Status: 'InProgress',
        DistributionConfig: { ViewerCertificate: { ACMCertificateArn: NEW } },
      } as never,
    });
    listens({ arn: NEW, isDefault: true });
    expect(await invoke(update, { ...asked, look: 'true' })).toMatchObject({ verdict: 'done', waiting: 'true' });
    expect(await invoke(update, { ...asked, look: 'true', required: 'true' })).toMatchObject({
      verdict: 'failed',
      reason: 'not everywhere yet: E1. Run this again later',
    });
    expect(changed()).toEqual([]);
  });
});

it('verifying certificates reports what each host serves', async () => {
  served('api.example.com', 100, { distrust: 'SELF_SIGNED' });
  expect(await invoke(verify, {})).toEqual({
    ...{ verdict: 'done', reason: '', changed: [] },
    good: 'false',
    hosts: [
      'example.com A; SSL Labs: https://www.ssllabs.com/ssltest/analyze.html?d=example.com',
      'api.example.com T (its chain is not trusted (SELF_SIGNED)); SSL Labs: https://www.ssllabs.com/ssltest/analyze.html?d=api.example.com',
    ],
  });
});
