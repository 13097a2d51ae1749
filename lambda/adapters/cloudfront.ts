import {
  CloudFrontClient,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';

const client = new CloudFrontClient({});

/** The certificate of a distribution, and whether its latest configuration is everywhere. */
export async function distributionState(Id: string): Promise<{ certificate: string | undefined; deployed: boolean }> {
  const { Distribution } = await client.send(new GetDistributionCommand({ Id }));
  return {
    certificate: Distribution?.DistributionConfig?.ViewerCertificate?.ACMCertificateArn,
    deployed: Distribution?.Status === 'Deployed',
  };
}

/** Puts one certificate into the place of another, unless somebody changes the distribution at the same time. */
export async function swapOnDistribution(Id: string, from: string, to: string): Promise<void> {
  const { DistributionConfig, ETag } = await client.send(new GetDistributionConfigCommand({ Id }));
  const { ViewerCertificate } = DistributionConfig ?? {};
  if (!DistributionConfig || ViewerCertificate?.ACMCertificateArn !== from) return;
  // The same ARN under the names that CloudFront no longer asks for: they would contradict the new one.
  const { Certificate: _, CertificateSource: __, ...kept } = ViewerCertificate;
  await client.send(
    new UpdateDistributionCommand({
      ...{ Id, IfMatch: ETag },
      DistributionConfig: { ...DistributionConfig, ViewerCertificate: { ...kept, ACMCertificateArn: to } },
    }),
  );
}
