import type { Construct } from 'constructs';
import { CHAT_ENTRIES } from '../../../lambda/domain/messages/chat.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { Door } from '../../platform/public-endpoint.ts';
import { Channel, type ChannelParts } from '../notification-channel.ts';

/** A thread of a Slack channel for each incident, and the door that its buttons come back through. */
export function addSlack(scope: Construct, config: NonNullable<ServiceConfig['slack']>, parts: ChannelParts): void {
  const { channel, botTokenSecretArn, signingSecretArn, people } = config;
  const chat = new Channel(scope, 'Chat', {
    folder: 'channels/slack/notify',
    description: 'A thread in Slack for each incident',
    name: 'slack',
    entries: CHAT_ENTRIES,
    lost: 'Messages that Slack did not take',
    environment: { SLACK_API: 'https://slack.com/api', SLACK_CHANNEL: channel, BOT_TOKEN_SECRET: botTokenSecretArn },
    parts,
  });
  chat.allow(['secretsmanager:GetSecretValue'], [botTokenSecretArn]);
  const byId = Object.fromEntries(Object.entries(people).map(([name, id]) => [id, name]));
  const door = new Door(scope, 'Slack', {
    folder: 'channels/slack/interactions',
    description: 'Buttons pressed in Slack: the request URL of its interactivity',
    environment: { SIGNING_SECRET: signingSecretArn, SLACK_PEOPLE: JSON.stringify(byId) },
    command: parts.command,
  });
  door.allow(['secretsmanager:GetSecretValue'], [signingSecretArn]);
}
