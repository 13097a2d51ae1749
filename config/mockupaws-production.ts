import { defineService, runbookEscalation } from '../lib/config/service-config.ts';

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
  redis: {
    replicationGroup: 'mockupaws-production',
    nodes: ['mockupaws-production-001', 'mockupaws-production-002'],
    serviceSecurityGroups: ['sg-0b4c5d6e7f8091a2b'],
  },
  certificates: [
    {
      arn: 'arn:aws:acm:us-east-1:123456789012:certificate/3f2a1c5e-7b94-4d0a-9c61-5e8d2f7a4b10',
      hosts: ['mockupaws.com', 'api.mockupaws.com'],
      hostedZoneId: 'Z0912345A1B2C3D4E5F6G',
      listenerArns: [
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/mockupaws-production/50dc6c495c0c9188/f2f7dc8efc522ab2',
      ],
      distributionId: 'E1A2B3C4D5E6F7',
    },
  ],
  people: {
    ada: { email: 'ada@mockupaws.com', sms: '+15555550100' },
    ben: { email: 'ben@mockupaws.com', sms: '+15555550101' },
    cleo: { email: 'cleo@mockupaws.com', sms: '+15555550102' },
    dora: { email: 'dora@mockupaws.com', sms: '+15555550103' },
    emil: { email: 'emil@mockupaws.com', sms: '+15555550104' },
    finn: { email: 'finn@mockupaws.com' },
    gina: { email: 'gina@mockupaws.com' },
    operations: { email: 'operations@mockupaws.com' },
  },
  escalation: runbookEscalation(
    { people: ['ada', 'ben'], rotation: { timeZone: 'America/New_York', since: '2026-01-12', at: '09:00' } },
    { people: ['cleo'] },
    { people: ['dora'] },
    { people: ['emil'] },
  ),
  operations: ['operations'],
  reviewers: ['cleo'],
  reviewGuests: ['finn', 'gina'],
  stakeholders: ['dora', 'emil', 'finn'],
  runbook: { version: '1.0.0', date: '2026-04-07', owner: 'DevOps Team' },
  hotline: '+1-555-MOCKUP',
  serviceHealth: {
    scaleUpTo: 20,
    maintenance: {
      listenerArn:
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/mockupaws-production/50dc6c495c0c9188/f2f7dc8efc522ab2',
      priority: 1,
    },
  },
  redisHealth: { evictionsPerMinute: 10_000 },
  serviceMemory: {
    heapDump: {
      container: 'backend',
      // A Node.js program started with --heapsnapshot-signal=SIGUSR2 and --diagnostic-dir=/tmp. The dump is whole when it no
      // longer grows and its JSON is closed; at last the command prints how many bytes it has.
      command:
        'rm -f /tmp/Heap*.heapsnapshot; kill -USR2 1 && ' +
        'until ls -l /tmp/Heap*.heapsnapshot > /tmp/heap.size && sleep 5 && ' +
        'ls -l /tmp/Heap*.heapsnapshot | cmp -s /tmp/heap.size - && tail -c 1 /tmp/Heap*.heapsnapshot | grep -q }; ' +
        "do sleep 1; done && curl -fsS -T /tmp/Heap*.heapsnapshot '{url}' && " +
        'cat /tmp/Heap*.heapsnapshot | wc -c && rm /tmp/Heap*.heapsnapshot',
    },
    taskRoles: [
      'arn:aws:iam::123456789012:role/mockupaws-production-task',
      'arn:aws:iam::123456789012:role/mockupaws-production-execution',
    ],
  },
  slack: {
    team: 'T0123456789',
    channel: 'C0123456789',
    botTokenSecretArn:
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/slack-bot-token-AbCdEf',
    signingSecretArn:
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/slack-signing-secret-AbCdEf',
    people: { ada: 'U0123456789' },
  },
  pagerduty: {
    routingKeySecretArn:
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/pagerduty-routing-key-AbCdEf',
    webhookSecretArn:
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/pagerduty-webhook-AbCdEf',
    url: 'https://mockupaws.pagerduty.com',
  },
  statusPage: {
    url: 'https://status.mockupaws.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/8c1d6f02-53ae-4b7d-a0c9-2f6e1b9d4a77',
    hostedZoneId: 'Z0912345A1B2C3D4E5F6G',
    components: [
      { id: 'api', name: 'API', description: 'Requests of your applications' },
      { id: 'website', name: 'Website', description: 'mockupaws.com and its editor' },
    ],
    subscribers: { from: 'status@mockupaws.com' },
  },
});
