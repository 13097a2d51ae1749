import { type Account, ServiceError } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** The members that a configuration must have: an update replaces the whole of it. */
const REQUIRED = {
  CallerReference: 'the service',
  Comment: 'the service',
  Enabled: true,
  Origins: { Quantity: 1, Items: [{ Id: 'service', DomainName: 'origin.mockupaws.com' }] },
  DefaultCacheBehavior: { TargetOriginId: 'service', ViewerProtocolPolicy: 'redirect-to-https' },
};

/** CloudFront, as far as the certificate of a distribution goes. */
export function provideCloudFront(account: Account, { certificates }: SimulatedService): void {
  const arn = (id: string) => [`arn:aws:cloudfront::123456789012:distribution/${id}`];
  const config = (id: string) => {
    const known = certificates.distributions.get(id);
    if (!known) throw new ServiceError('NoSuchDistribution', 'The specified distribution does not exist.');
    const { certificate, version } = known;
    const ViewerCertificate = {
      ...{ ACMCertificateArn: certificate, SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' },
      ...{ Certificate: certificate, CertificateSource: 'acm' },
    };
    return { ETag: `E${version}`, DistributionConfig: { ...REQUIRED, ViewerCertificate } };
  };

  account.provide('cloudfront', {
    GetDistributionConfig: { resources: ({ Id }) => arn(Id), run: ({ Id }) => config(Id) },
    GetDistribution: {
      resources: ({ Id }) => arn(Id),
      run: ({ Id }) => {
        const { ETag, DistributionConfig } = config(Id);
        const Status = certificates.distributionDeployed(Id) ? 'Deployed' : 'InProgress';
        return { ETag, Distribution: { Id, Status, DistributionConfig } };
      },
    },
    UpdateDistribution: {
      resources: ({ Id }) => arn(Id),
      run: ({ Id, IfMatch, DistributionConfig }) => {
        if (IfMatch !== config(Id).ETag)
          throw new ServiceError('PreconditionFailed', 'The precondition given in IfMatch evaluated to false.');
        const missing = Object.keys(REQUIRED).find(member => DistributionConfig[member] === undefined);
        if (missing) throw new ServiceError('InvalidArgument', `The parameter ${missing} is required.`);
        const { ACMCertificateArn, Certificate } = DistributionConfig.ViewerCertificate;
        if (Certificate && Certificate !== ACMCertificateArn)
          throw new ServiceError('InvalidViewerCertificate', 'The certificate is named twice, differently.');
        certificates.find(ACMCertificateArn);
        certificates.updateDistribution(Id, ACMCertificateArn);
        account.emit('service', { change: `CloudFront is to serve ${ACMCertificateArn.split('/').at(-1)}` });
        return config(Id);
      },
    },
  });
}
