import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Port, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';
import { readsSecret } from './secrets.ts';

type Direct = Extract<ServiceConfig['database']['access'], { via: 'direct' }>;

/** Amazon's certificate authorities, as Lambda's Node runtimes carry them: without them RDS's certificate is not trusted. */
const AMAZON_CA = '/var/runtime/ca-cert.pem';

/** A function that talks SQL to the service's database: by the Data API, or from within the VPC where there is none. */
export class DatabaseFunction extends ResponderFunction {
  constructor(scope: Construct, id: string, { database }: ServiceConfig, props: ResponderFunctionProps) {
    const { access, cluster } = database;
    const direct = access.via === 'direct' ? access : undefined;
    const clusterArn = Stack.of(scope).formatArn({
      service: 'rds',
      resource: 'cluster',
      resourceName: cluster,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    super(scope, id, {
      ...props,
      environment: {
        ...props.environment,
        DATABASE_ACCESS: access.via,
        CLUSTER_ARN: clusterArn,
        SECRET_ARN: access.secretArn,
        DATABASE_NAME: access.database,
        ...(direct && {
          DATABASE_HOST: direct.host,
          DATABASE_PORT: String(direct.port),
          NODE_EXTRA_CA_CERTS: AMAZON_CA,
        }),
      },
      ...(direct && { network: network(scope, id, direct) }),
    });
    this.addToRolePolicy(...readsSecret(access.secretArn, access.secretKeyArn));
    if (access.via === 'data-api')
      this.addToRolePolicy({ actions: ['rds-data:ExecuteStatement'], resources: [clusterArn] });
    else {
      this.addToRolePolicy({ actions: NETWORK_INTERFACES, resources: ['*'] });
      Validations.of(this.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Lambda needs these to place a function in a VPC, on interfaces that do not exist beforehand.',
      });
    }
  }
}

/** Lambda needs these to place a function in a VPC; none can be narrowed to a resource that exists beforehand. */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

function network(scope: Construct, id: string, access: Direct) {
  const { vpcId, availabilityZones, subnetIds, databaseSecurityGroupId, port } = access;
  const vpc = Vpc.fromVpcAttributes(scope, `${id}Vpc`, { vpcId, availabilityZones });
  const securityGroup = new SecurityGroup(scope, `${id}SecurityGroup`, {
    vpc,
    description: 'Incident response: reaches the database',
  });
  const database = SecurityGroup.fromSecurityGroupId(scope, `${id}Database`, databaseSecurityGroupId);
  database.addIngressRule(securityGroup, Port.tcp(port), 'Incident response');
  const subnets = subnetIds.map((subnetId, i) => Subnet.fromSubnetId(scope, `${id}Subnet${i}`, subnetId));
  for (const subnet of subnets) {
    Validations.of(subnet).acknowledge({
      id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'Nothing here reads the route table.',
    });
  }
  return { vpc, vpcSubnets: { subnets }, securityGroups: [securityGroup] };
}
