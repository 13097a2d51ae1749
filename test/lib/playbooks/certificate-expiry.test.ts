import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { CertificateExpiry } from '../../../lib/playbooks/certificate-expiry/playbook.ts';
import { actionsOf, refersTo, resources, statementsOf, synthesise } from '../../support/stack.ts';

const playbooks = [new CertificateExpiry()];
const { template } = synthesise(config, { playbooks });
const may = (from: typeof template, path: string) => {
  const [fn] = resources(from, 'AWS::Lambda::Function').filter(one => one.path === path);
  return statementsOf(from, refersTo(fn?.properties.Role)[0] ?? '');
};

it('records may be created in one zone under names with an underscore, and none changed or deleted', () => {
  for (const path of ['RestoreValidationRecordsFunction', 'RequestReplacementFunction']) {
    const [change, ...others] = may(template, `CertificateExpiry/${path}/Function`).filter(statement =>
      actionsOf(statement).includes('route53:ChangeResourceRecordSets'),
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(change?.Resource)).toContain(':route53:::hostedzone/Z0912345A1B2C3D4E5F6G');
    expect(change?.Condition).toEqual({
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
        'route53:ChangeResourceRecordSetsActions': ['CREATE'],
      },
      'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_*'] },
    });
  }
});

it('only certificates that are proven by DNS may be requested', () => {
  const [asked] = may(template, 'CertificateExpiry/RequestReplacementFunction/Function').filter(statement =>
    actionsOf(statement).includes('acm:RequestCertificate'),
  );
  expect(asked?.Condition).toEqual({ StringEquals: { 'acm:ValidationMethod': 'DNS' } });
});

it('the playbook fails at synthesis where there is no certificate', () => {
  const bare = defineService({ ...config, certificates: undefined });
  expect(() => synthesise(bare, { playbooks })).toThrow(
    'CertificateExpiry needs a certificate: configure certificates',
  );
});

describe('a certificate that is only watched', () => {
  const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000001';
  const only = defineService({ ...config, certificates: [{ arn, hosts: ['example.com'] }] });
  const watched = synthesise(only, { playbooks, nag: true });

  it('passes the checks of CDK and of cdk-nag, and lets nothing be changed', () => {
    expect(watched.report.pluginReports).toEqual([]);
    const allowed = ['RestoreValidationRecords', 'RequestReplacement', 'UpdateCertificate'].flatMap(name =>
      may(watched.template, `CertificateExpiry/${name}Function/Function`).flatMap(actionsOf),
    );
    expect(allowed.filter(action => /^(route53|cloudfront|elasticloadbalancing):/.test(action))).toEqual([]);
  });

  it('is looked at in its own region', () => {
    const [describes] = may(watched.template, 'Probe/Function').filter(statement =>
      actionsOf(statement).includes('acm:DescribeCertificate'),
    );
    expect(describes?.Resource).toBe(arn);
  });
});
