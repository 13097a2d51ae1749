import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import { DEPLOYED } from './responder.ts';

/** In the tests of a file the account has the load balancer that the configuration names. */
export function useLoadBalancer(): void {
  const elb = mockClient(ElasticLoadBalancingV2Client);
  beforeEach(() => {
    elb.reset();
    const LoadBalancerArn = `arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/${DEPLOYED.resources.loadBalancer}`;
    elb.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [{ LoadBalancerArn }] });
  });
}
