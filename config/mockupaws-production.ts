import { defineService, runbookEscalation } from '../lib/config.ts';

/** The example and the default: replace the names, the addresses and the secret by your own. */
export default defineService({
  service: 'mockupaws-production',
  title: 'mockupAWS',
  region: 'us-east-1',
  healthUrls: ['https://mockupaws.com/api/v1/health', 'https://api.mockupaws.com/api/v1/health'],
  ecs: { cluster: 'mockupaws-production', service: 'backend', scaleDownTo: 5, autoScaling: true },
  loadBalancer: 'app/mockupaws-production/50dc6c495c0c9188',
  database: {
    cluster: 'mockupaws-production',
    engine: 'aurora-postgresql',
    maxConnections: 1722,
    parameterGroup: 'mockupaws-production',
    instances: ['mockupaws-production-1', 'mockupaws-production-2'],
    access: {
      via: 'data-api',
      secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/responder-AbCdEf',
      database: 'mockupaws',
    },
  },
  escalation: runbookEscalation(
    [{ email: 'on-call@mockupaws.com' }, { sms: '+15555550100' }],
    [{ email: 'senior@mockupaws.com' }, { sms: '+15555550101' }],
    [{ email: 'engineering-manager@mockupaws.com' }, { sms: '+15555550102' }],
    [{ email: 'cto@mockupaws.com' }, { sms: '+15555550103' }],
  ),
  operations: [{ email: 'operations@mockupaws.com' }],
  automation: 'on',
  serviceHealth: {
    scaleUpTo: 20,
    maintenance: {
      listenerArn:
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/mockupaws-production/50dc6c495c0c9188/f2f7dc8efc522ab2',
    },
  },
  links: [{ label: 'Status page', url: 'https://status.mockupaws.com' }],
});
