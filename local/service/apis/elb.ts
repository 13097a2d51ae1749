import { type Account, type Input, ServiceError } from '../../../packages/embedded-aws/src/account/account.ts';
import type { Condition } from '../load-balancer.ts';
import type { SimulatedService } from '../service.ts';

/** Elastic Load Balancing, as far as the load balancer and the rule with the maintenance page go. */
export function provideElb(account: Account, { shape, loadBalancer }: SimulatedService): void {
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
