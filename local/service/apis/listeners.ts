import { type Account, type Input, ServiceError } from '../../../packages/embedded-aws/src/account/account.ts';
import type { SimulatedService } from '../service.ts';

/** Elastic Load Balancing, as far as the one certificate of a listener goes. */
export function provideListeners(account: Account, { certificates }: SimulatedService): void {
  const byArn = ({ ListenerArn }: Input) => [ListenerArn];
  const used = (arn: string) => {
    const found = certificates.listeners.get(arn);
    if (!found) throw new ServiceError('ListenerNotFoundException', 'One or more listeners not found');
    return { Certificates: [{ CertificateArn: found, IsDefault: true }] };
  };
  account.provide('elasticloadbalancing', {
    DescribeListenerCertificates: { run: ({ ListenerArn }) => used(ListenerArn) },
    ModifyListener: {
      resources: byArn,
      run: ({ ListenerArn, Certificates: [{ CertificateArn }] }) => {
        used(ListenerArn);
        if (certificates.find(CertificateArn).status !== 'ISSUED')
          throw new ServiceError('UnsupportedCertificateException', `The certificate ${CertificateArn} is not issued`);
        certificates.listeners.set(ListenerArn, CertificateArn);
        account.emit('service', { change: `the load balancer serves ${CertificateArn.split('/').at(-1)}` });
        return { Listeners: [{ ListenerArn }] };
      },
    },
  });
}
