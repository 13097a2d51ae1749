import { type Account, ServiceError } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

const VPC = 'vpc-0a1b2c3d4e5f60718';

/** EC2, as far as the security groups of the tasks and the cache go: the tasks may call everybody. */
export function provideEc2(account: Account, { shape, redis }: SimulatedService): void {
  const everywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  const describe = (GroupId: string) => {
    const own = { GroupId, VpcId: VPC, IpPermissionsEgress: everywhere };
    if (GroupId === redis.cacheGroup) return { ...own, IpPermissions: redis.ingress };
    if (shape.redis?.serviceSecurityGroups.includes(GroupId)) return { ...own, IpPermissions: [] };
    throw new ServiceError('InvalidGroup.NotFound', `The security group '${GroupId}' does not exist`);
  };
  account.provide('ec2', {
    DescribeSecurityGroups: { run: ({ GroupIds }) => ({ SecurityGroups: (GroupIds as string[]).map(describe) }) },
    DescribeVpcs: {
      run: ({ VpcIds }) => ({
        Vpcs: (VpcIds as string[]).map(VpcId => ({
          VpcId,
          CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } }],
        })),
      }),
    },
  });
}
