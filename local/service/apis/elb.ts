import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { Condition } from '../load-balancer.ts';
import type { SimulatedService } from '../service.ts';

/** Elastic Load Balancing: the load balancer, the rule with the maintenance page, and the certificates of listeners. */
export function provideElb(account: Account, service: SimulatedService): void {
  const { shape, loadBalancer } = service;
  provideListeners(account, service);
  const [rule] = account.ofType('AWS::ElasticLoadBalancingV2::ListenerRule');
  loadBalancer.conditions = (rule?.properties['Conditions'] as Input[] | undefined)?.map(
    (condition): Condition => ({ Field: condition['Field'] }),
  );
  const found = (arn: string) => {
    if (arn !== rule?.ref) throw new ServiceError('RuleNotFoundException', 'One or more rules not found');
    return { RuleArn: arn, Conditions: loadBalancer.conditions };
  };
  account.provide('elasticloadbalancing', {
    DescribeLoadBalancers: {
      run: ({ Names }) => {
        const [, name] = shape.loadBalancer.split('/');
        if (Names?.join() !== name)
          throw new ServiceError('LoadBalancerNotFoundException', `Load balancers '[${Names}]' not found`);
        const arn = `arn:aws:elasticloadbalancing:${account.region}:123456789012:loadbalancer/${shape.loadBalancer}`;
        return { LoadBalancers: [{ LoadBalancerName: name, LoadBalancerArn: arn }] };
      },
    },
    DescribeRules: { run: ({ RuleArns }) => ({ Rules: (RuleArns as string[]).map(found) }) },
    ModifyRule: {
      resources: ({ RuleArn }) => [RuleArn],
      run: ({ RuleArn, Conditions }) => {
        found(RuleArn);
        loadBalancer.conditions = Conditions;
        account.emit('service', { change: `the maintenance page is ${loadBalancer.maintenance ? 'on' : 'off'}` });
        return { Rules: [found(RuleArn)] };
      },
    },
  });
}

/** The one certificate of each listener. */
function provideListeners(account: Account, { certificates }: SimulatedService): void {
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
