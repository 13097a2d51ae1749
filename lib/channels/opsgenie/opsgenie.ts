import type { Construct } from 'constructs';
import { TICKET_ENTRIES } from '../../../lambda/domain/messages/ticket.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { Door } from '../../platform/public-endpoint.ts';
import { Channel, type ChannelParts } from '../notification-channel.ts';

const API = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' } as const;

/** An alert in Opsgenie for each incident, and the door that what people do to it comes back through. */
export function addOpsgenie(
  scope: Construct,
  config: NonNullable<ServiceConfig['opsgenie']>,
  parts: ChannelParts,
): void {
  const { apiKeySecretArn, webhookTokenSecretArn, region } = config;
  const channel = new Channel(scope, 'Opsgenie', {
    folder: 'channels/opsgenie/notify',
    description: 'An alert in Opsgenie for each incident',
    name: 'opsgenie',
    entries: TICKET_ENTRIES,
    lost: 'Requests that Opsgenie did not take',
    environment: { OPSGENIE_API: API[region], API_KEY_SECRET: apiKeySecretArn },
    parts,
  });
  channel.allow(['secretsmanager:GetSecretValue'], [apiKeySecretArn]);
  const door = new Door(scope, 'OpsgenieWebhook', {
    folder: 'channels/opsgenie/webhook',
    description: 'What people do in Opsgenie: the URL of its outgoing webhook',
    environment: { WEBHOOK_TOKEN_SECRET: webhookTokenSecretArn },
    command: parts.command,
  });
  door.allow(['secretsmanager:GetSecretValue'], [webhookTokenSecretArn]);
}
