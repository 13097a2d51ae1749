import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { SimulatedCertificate } from '../certificates.ts';
import type { SimulatedService } from '../service.ts';

/** ACM, as far as certificates are looked at, requested and marked. */
export function provideAcm(account: Account, { certificates }: SimulatedService): void {
  certificates.tell = change => account.emit('service', { change });
  const byArn = ({ CertificateArn }: Input) => [CertificateArn];

  const describe = (certificate: SimulatedCertificate) => {
    const { arn, names, type, validation, status, notAfter, renewal } = certificate;
    const records = certificates.recordsOf(certificate);
    const [DomainName, ...others] = names;
    return {
      ...{ CertificateArn: arn, DomainName, SubjectAlternativeNames: [DomainName, ...others] },
      ...{ Type: type, Status: status, KeyAlgorithm: 'RSA-2048', InUseBy: certificates.usesOf(certificate) },
      ...(status === 'ISSUED' && { NotAfter: new Date(notAfter) }),
      ...(renewal && { RenewalSummary: { RenewalStatus: renewal } }),
      DomainValidationOptions:
        type === 'IMPORTED'
          ? undefined
          : names.map((name, i) => ({
              ...{ DomainName: name, ValidationMethod: validation },
              ...(records[i] && {
                ResourceRecord: { Name: records[i].name, Type: 'CNAME', Value: records[i].value },
              }),
            })),
    };
  };

  account.provide('acm', {
    DescribeCertificate: {
      resources: byArn,
      run: ({ CertificateArn }) => ({ Certificate: describe(certificates.find(CertificateArn)) }),
    },
    ListCertificates: {
      run: ({ CertificateStatuses = [] }) => ({
        CertificateSummaryList: [...certificates.all.values()]
          .filter(({ status }) => CertificateStatuses.length === 0 || CertificateStatuses.includes(status))
          .map(({ arn, names: [DomainName] }) => ({ CertificateArn: arn, DomainName })),
      }),
    },
    ListTagsForCertificate: {
      resources: byArn,
      run: ({ CertificateArn }) => ({ Tags: certificates.find(CertificateArn).tags }),
    },
    AddTagsToCertificate: {
      resources: byArn,
      context: ({ Tags }) => ({ 'aws:TagKeys': (Tags as Input[]).map(({ Key }) => Key) }),
      run: ({ CertificateArn, Tags }) => {
        certificates.find(CertificateArn).tags.push(...Tags);
        return {};
      },
    },
    RequestCertificate: {
      context: ({ ValidationMethod }) => ({ 'acm:ValidationMethod': ValidationMethod }),
      run: ({ DomainName, SubjectAlternativeNames = [], ValidationMethod }) => {
        if (ValidationMethod !== 'DNS')
          throw new ServiceError('ValidationException', `the validation method ${ValidationMethod} is not simulated`);
        const { arn } = certificates.request([DomainName, ...SubjectAlternativeNames], ValidationMethod);
        account.emit('service', { change: `a certificate for ${DomainName} is requested` });
        return { CertificateArn: arn };
      },
    },
  });
}
