import type { Construct } from 'constructs';
import { TICKET_EVENTS } from '../../../lambda/domain/messages/ticket.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { CommandEndpoint } from '../../platform/public-endpoint.ts';
import { readsSecret } from '../../platform/secrets.ts';
import { type ChannelParts, NotificationChannel } from '../notification-channel.ts';

/** Opens a ticket in PagerDuty for each incident, and receives what people do to it there. */
export function addPagerDuty(
  scope: Construct,
  config: NonNullable<ServiceConfig['pagerduty']>,
  responder: ChannelParts,
): void {
  const { routingKeySecretArn, webhookSecretArn, url = '', secretKeyArn } = config;
  const channel = new NotificationChannel(scope, 'Pagerduty', {
    folder: 'channels/pagerduty/notify',
    description: 'A ticket in PagerDuty for each incident',
    name: 'pagerduty',
    eventTypes: TICKET_EVENTS.pagerduty,
    deadLetterDescription: 'Events that PagerDuty did not take',
    environment: {
      PAGERDUTY_API: 'https://events.pagerduty.com',
      PAGERDUTY_URL: url,
      ROUTING_KEY_SECRET: routingKeySecretArn,
    },
    responder,
  });
  channel.addToRolePolicy(...readsSecret(routingKeySecretArn, secretKeyArn));
  const webhook = new CommandEndpoint(scope, 'PagerdutyWebhook', {
    folder: 'channels/pagerduty/webhook',
    description: 'What people do in PagerDuty: the URL of its webhook subscription (v3)',
    environment: { WEBHOOK_SECRET: webhookSecretArn },
    source: 'pagerduty',
    command: responder.command,
  });
  webhook.addToRolePolicy(...readsSecret(webhookSecretArn, secretKeyArn));
}
