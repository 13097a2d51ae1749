import {
  CloudFrontClient,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';

const client = new CloudFrontClient({});

/** The ARN of a distribution's certificate; `deployed` is true once its latest configuration is at all edge locations. */
export async function distributionState(Id: string): Promise<{ certificate: string | undefined; deployed: boolean }> {
  const { Distribution } = await client.send(new GetDistributionCommand({ Id }));
  return {
    certificate: Distribution?.DistributionConfig?.ViewerCertificate?.ACMCertificateArn,
    deployed: Distribution?.Status === 'Deployed',
  };
}

/** Replaces one certificate by another. CloudFront refuses (`IfMatch`) if somebody changes the distribution at the same time. */
export async function swapOnDistribution(Id: string, from: string, to: string): Promise<void> {
  const { DistributionConfig, ETag } = await client.send(new GetDistributionConfigCommand({ Id }));
  const { ViewerCertificate } = DistributionConfig ?? {};
  if (!DistributionConfig || ViewerCertificate?.ACMCertificateArn !== from) return;
  // The deprecated fields repeat the old ARN and would contradict the new one.
  const { Certificate: _, CertificateSource: __, ...kept } = ViewerCertificate;
  await client.send(
    new UpdateDistributionCommand({
      ...{ Id, IfMatch: ETag },
      DistributionConfig: { ...DistributionConfig, ViewerCertificate: { ...kept, ACMCertificateArn: to } },
    }),
  );
}
