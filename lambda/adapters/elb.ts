import {
  AddListenerCertificatesCommand,
  DescribeListenerCertificatesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  LoadBalancerNotFoundException,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';

const client = new ElasticLoadBalancingV2Client({});

/** Tells if the load balancer `app/NAME/ID` exists. A new one with the same name has another id and other metrics. */
export async function loadBalancerExists(loadBalancer: string): Promise<boolean> {
  const [, name = ''] = loadBalancer.split('/');
  try {
    const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({ Names: [name] }));
    return LoadBalancers.some(({ LoadBalancerArn = '' }) => LoadBalancerArn.endsWith(`:loadbalancer/${loadBalancer}`));
  } catch (error) {
    if (error instanceof LoadBalancerNotFoundException) return false;
    throw error;
  }
}

interface ListenerCertificate {
  arn: string;
  isDefault: boolean;
}

/** The certificates of a listener: the default one, and those for further names (SNI). */
export async function listenerCertificates(ListenerArn: string): Promise<ListenerCertificate[]> {
  const { Certificates = [] } = await client.send(
    new DescribeListenerCertificatesCommand({ ListenerArn, PageSize: 100 }),
  );
  return Certificates.map(({ CertificateArn = '', IsDefault = false }) => ({
    arn: CertificateArn,
    isDefault: IsDefault,
  }));
}

/** Replaces one certificate by another, as default or for further names. The listener has a certificate at every moment. */
export async function swapOnListener(ListenerArn: string, from: string, to: string): Promise<void> {
  const used = (await listenerCertificates(ListenerArn)).filter(({ arn }) => arn === from);
  if (used.some(({ isDefault }) => isDefault))
    await client.send(new ModifyListenerCommand({ ListenerArn, Certificates: [{ CertificateArn: to }] }));
  if (!used.some(({ isDefault }) => !isDefault)) return;
  await client.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn: to }] }));
  await client.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn: from }] }));
}
