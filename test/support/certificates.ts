import {
  ACMClient,
  type CertificateDetail,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, vi } from 'vitest';
import type { EndpointCertificate } from '../../lambda/domain/diagnosis/certificate.ts';
import { serves } from './handshakes.ts';
import { useSilence } from './responder.ts';

export const NOW = new Date('2026-04-07T10:00:00.000Z');
export const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
export const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/old';
export const NEW = 'arn:aws:acm:us-east-1:123456789012:certificate/new';
export const LISTENER = 'arn:listener';
export const WATCHED = {
  ...{ arn: ARN, hosts: ['example.com', 'api.example.com'], hostedZoneId: 'Z1' },
  ...{ listenerArns: [LISTENER], distributionId: 'E1' },
};
export const RECORD = { name: '_a.example.com.', value: '_b.acm-validations.aws.' };

export const acm = mockClient(ACMClient);
export const route53 = mockClient(Route53Client);
export const elb = mockClient(ElasticLoadBalancingV2Client);
export const cloudfront = mockClient(CloudFrontClient);

export const served = (host: string, days: number, changes: Partial<EndpointCertificate> = {}) =>
  serves.set(host, {
    ...{ host, protocol: 'TLSv1.3', notAfter: inDays(days), names: [host], matches: true },
    ...changes,
  });

export const detail = (changes: Partial<CertificateDetail> = {}): CertificateDetail => ({
  ...{ DomainName: 'example.com', SubjectAlternativeNames: ['example.com', '*.example.com'], Status: 'ISSUED' },
  ...{ Type: 'AMAZON_ISSUED', NotAfter: inDays(100), InUseBy: [LISTENER] },
  // The wildcard is proven by the record of the name that it stands on.
  DomainValidationOptions: ['example.com', '*.example.com'].map(DomainName => ({
    ...{ DomainName, ValidationMethod: 'DNS' },
    ResourceRecord: { Name: RECORD.name, Type: 'CNAME', Value: RECORD.value },
  })),
  ...changes,
});

export const holds = (changes: Partial<CertificateDetail> = {}) =>
  acm.on(DescribeCertificateCommand, { CertificateArn: ARN }).resolves({ Certificate: detail(changes) });

/** A replacement that was requested, and bears the tag. */
export function replaced(Status: 'ISSUED' | 'PENDING_VALIDATION'): void {
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

/** Puts a value into the zone under the name of the record; without one, only the next record stands there. */
export const stands = (value: string | undefined) =>
  route53.on(ListResourceRecordSetsCommand).resolves({
    ResourceRecordSets: [
      value === undefined
        ? { Name: 'www.example.com.', Type: 'CNAME', ResourceRecords: [{ Value: 'example.com' }] }
        : { Name: RECORD.name, Type: 'CNAME', ResourceRecords: [{ Value: value }] },
    ],
    IsTruncated: false,
    MaxItems: 1,
  });

/** A service whose one certificate is well, as ACM, the zone and each host have it. The handshake must be mocked. */
export function useCertificates(): void {
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
}
