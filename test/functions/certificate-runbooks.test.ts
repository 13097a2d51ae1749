import {
  AddTagsToCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  AddListenerCertificatesCommand,
  DescribeListenerCertificatesCommand,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as request } from '../../lambda/runbooks/request-replacement/handler.ts';
import { handler as restore } from '../../lambda/runbooks/restore-validation-records/handler.ts';
import { handler as update } from '../../lambda/runbooks/update-certificate/handler.ts';
import { handler as verify } from '../../lambda/runbooks/verify-certificate/handler.ts';
import {
  ARN,
  acm,
  cloudfront,
  detail,
  elb,
  holds,
  inDays,
  LISTENER,
  NEW,
  RECORD,
  replaced,
  route53,
  served,
  stands,
  useCertificates,
} from '../support/certificates.ts';
import { invoke } from '../support/responder.ts';

vi.mock('../../lambda/adapters/tls.ts', () => import('../support/handshakes.ts'));

useCertificates();

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

  it.each([
    ['expired', { Status: 'EXPIRED' as const, NotAfter: inDays(-1) }],
    ['expires in this moment', { NotAfter: inDays(0) }],
  ])('does not return to a former certificate that %s', async (_, former) => {
    holds(former);
    listens({ arn: NEW, isDefault: true });
    expect(await invoke(update, { ...asked, direction: 'former' })).toMatchObject({
      ...{ verdict: 'unchanged', reason: expect.stringContaining('valid until') },
    });
    expect(changed()).toEqual([]);
  });

  it('has failed where a host serves it and browsers would refuse it, and not where another one is at fault', async () => {
    listens({ arn: NEW, isDefault: true });
    cloudfront.on(GetDistributionCommand).resolves({
      Distribution: { Status: 'Deployed', DistributionConfig: { ViewerCertificate: { ACMCertificateArn: NEW } } },
    } as object);
    const look = { ...asked, dryRun: 'true', look: 'true', required: 'true' };
    served('example.com', 5, { distrust: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(await invoke(update, look)).toMatchObject({ verdict: 'done' });
    served('example.com', 100, { distrust: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(await invoke(update, look)).toMatchObject({
      ...{ verdict: 'failed', reason: 'example.com serves a chain that is not trusted (SELF_SIGNED_CERT_IN_CHAIN)' },
    });
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
