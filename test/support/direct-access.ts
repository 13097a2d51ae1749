import config from '../../config/mockupaws-production.ts';
import { defineService } from '../../lib/config/service-config.ts';

/** The example with a database that has no Data API, and an operator who has a telephone. */
export const directAccess = defineService({
  ...config,
  people: { ...config.people, olga: { sms: '+15555550199' } },
  operations: [...config.operations, 'olga'],
  database: {
    ...config.database,
    access: {
      via: 'direct',
      secretArn: config.database.access.secretArn,
      database: 'mockupaws',
      host: 'mockupaws-production.cluster-abc.us-east-1.rds.amazonaws.com',
      vpcId: 'vpc-0a1b2c3d',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
      databaseSecurityGroupId: 'sg-0a1b2c3d',
    },
  },
});
