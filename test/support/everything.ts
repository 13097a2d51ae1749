import config from '../../config/mockupaws-production.ts';
import { defineService } from '../../lib/config/service-config.ts';

const secret = (name: string) =>
  `arn:aws:secretsmanager:us-east-1:123456789012:secret:mockupaws-production/${name}-AbCdEf`;

/** The example with every part that can be configured. */
export const everything = defineService({
  ...config,
  opsgenie: {
    apiKeySecretArn: secret('opsgenie-api-key'),
    webhookTokenSecretArn: secret('opsgenie-webhook'),
    secretKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/5f1c2d3e-0000-4000-8000-123456789012',
    region: 'eu',
  },
});
