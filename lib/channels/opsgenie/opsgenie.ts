import type { Construct } from 'constructs';
import { TICKET_EVENTS } from '../../../lambda/domain/messages/ticket.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { CommandEndpoint } from '../../platform/public-endpoint.ts';
import { readsSecret } from '../../platform/secrets.ts';
import { type ChannelParts, NotificationChannel } from '../notification-channel.ts';

const API = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' } as const;

/** Opens an alert in Opsgenie for each incident, and receives what people do to it there. */
export function addOpsgenie(
  scope: Construct,
  config: NonNullable<ServiceConfig['opsgenie']>,
  responder: ChannelParts,
): void {
  const { apiKeySecretArn, webhookTokenSecretArn, region, secretKeyArn } = config;
  const channel = new NotificationChannel(scope, 'Opsgenie', {
    folder: 'channels/opsgenie/notify',
    description: 'An alert in Opsgenie for each incident',
    name: 'opsgenie',
    eventTypes: TICKET_EVENTS.opsgenie,
    deadLetterDescription: 'Requests that Opsgenie did not take',
    environment: { OPSGENIE_API: API[region], API_KEY_SECRET: apiKeySecretArn },
    responder,
  });
  channel.addToRolePolicy(...readsSecret(apiKeySecretArn, secretKeyArn));
  const webhook = new CommandEndpoint(scope, 'OpsgenieWebhook', {
    folder: 'channels/opsgenie/webhook',
    description: 'What people do in Opsgenie: the URL of its outgoing webhook',
    environment: { WEBHOOK_TOKEN_SECRET: webhookTokenSecretArn },
    source: 'opsgenie',
    command: responder.command,
  });
  webhook.addToRolePolicy(...readsSecret(webhookTokenSecretArn, secretKeyArn));
}
