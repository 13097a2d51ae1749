import type { Construct } from 'constructs';
import { TICKET_ENTRIES } from '../../../lambda/domain/messages/ticket.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { Door } from '../../platform/public-endpoint.ts';
import { Channel, type ChannelParts } from '../notification-channel.ts';

/** A ticket in PagerDuty for each incident, and the door that what people do to it comes back through. */
export function addPagerDuty(
  scope: Construct,
  config: NonNullable<ServiceConfig['pagerduty']>,
  parts: ChannelParts,
): void {
  const { routingKeySecretArn, webhookSecretArn, url = '' } = config;
  const channel = new Channel(scope, 'Pagerduty', {
    folder: 'channels/pagerduty/notify',
    description: 'A ticket in PagerDuty for each incident',
    name: 'pagerduty',
    entries: TICKET_ENTRIES,
    lost: 'Events that PagerDuty did not take',
    environment: {
      PAGERDUTY_API: 'https://events.pagerduty.com',
      PAGERDUTY_URL: url,
      ROUTING_KEY_SECRET: routingKeySecretArn,
    },
    parts,
  });
  channel.allow(['secretsmanager:GetSecretValue'], [routingKeySecretArn]);
  const door = new Door(scope, 'PagerdutyWebhook', {
    folder: 'channels/pagerduty/webhook',
    description: 'What people do in PagerDuty: the URL of its webhook subscription (v3)',
    environment: { WEBHOOK_SECRET: webhookSecretArn },
    command: parts.command,
  });
  door.allow(['secretsmanager:GetSecretValue'], [webhookSecretArn]);
}
