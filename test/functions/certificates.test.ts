import { type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { describe, expect, it, vi } from 'vitest';
import { certificates } from '../../lambda/investigation/checks/certificates.ts';
import { servedCertificates } from '../../lambda/investigation/checks/served-certificates.ts';
import { measureCertificates } from '../../lambda/readings/certificates.ts';
import {
  acm,
  holds,
  inDays,
  NEW,
  NOW,
  replaced,
  route53,
  served,
  stands,
  useCertificates,
  WATCHED,
} from '../support/certificates.ts';
import { serves } from '../support/handshakes.ts';
import { DEPLOYED } from '../support/responder.ts';

vi.mock('../../lambda/adapters/tls.ts', () => import('../support/handshakes.ts'));

useCertificates();

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
