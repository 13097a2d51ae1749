import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client, type IpPermission } from '@aws-sdk/client-ec2';
import type { End, Rule } from '../domain/diagnosis/security-groups.ts';
import { together } from './together.ts';

const client = new EC2Client({});

const describeVpcs = /* @__PURE__ */ together((VpcIds: string[]) => client.send(new DescribeVpcsCommand({ VpcIds })));

/** Security groups with their rules, and the IPv4 blocks of their VPCs. @throws InvalidGroup.NotFound */
export async function describeEnd(groupIds: string[]): Promise<End> {
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: groupIds }));
  const VpcIds = [...new Set(SecurityGroups.flatMap(({ VpcId }) => VpcId ?? []))];
  const { Vpcs = [] } = await describeVpcs(VpcIds);
  return {
    groups: SecurityGroups.map(({ GroupId = '', IpPermissions = [], IpPermissionsEgress = [] }) => ({
      id: GroupId,
      ingress: IpPermissions.map(toRule),
      egress: IpPermissionsEgress.map(toRule),
    })),
    blocks: Vpcs.flatMap(({ CidrBlockAssociationSet = [] }) =>
      CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated').flatMap(
        ({ CidrBlock }) => CidrBlock ?? [],
      ),
    ),
  };
}

function toRule(permission: IpPermission): Rule {
  const { IpProtocol = '', FromPort, ToPort, UserIdGroupPairs = [], IpRanges = [] } = permission;
  const { Ipv6Ranges = [], PrefixListIds = [] } = permission;
  return {
    protocol: IpProtocol,
    fromPort: FromPort,
    toPort: ToPort,
    groups: UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
    cidrs: IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
    others: [
      ...PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
      ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ],
  };
}
