import { type Account, type Input, ServiceError } from '../../account/account.ts';
import type { Condition } from '../load-balancer.ts';
import type { SimulatedService } from '../service.ts';

/** Elastic Load Balancing, as far as the rule with the maintenance page goes. */
export function provideElb(account: Account, { loadBalancer }: SimulatedService): void {
  const [rule] = account.ofType('AWS::ElasticLoadBalancingV2::ListenerRule');
  loadBalancer.conditions = (rule?.properties['Conditions'] as Input[] | undefined)?.map(
    (condition): Condition => ({ Field: condition['Field'] }),
  );
  const found = (arn: string) => {
    if (arn !== rule?.ref) throw new ServiceError('RuleNotFoundException', 'One or more rules not found');
    return { RuleArn: arn, Conditions: loadBalancer.conditions };
  };
  account.provide('elasticloadbalancing', {
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
