import type { Construct } from 'constructs';
import { CHAT_EVENTS } from '../../../lambda/domain/messages/chat.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { CommandEndpoint } from '../../platform/public-endpoint.ts';
import { readsSecret } from '../../platform/secrets.ts';
import { type ChannelParts, NotificationChannel } from '../notification-channel.ts';

/** Posts a thread in a Slack channel for each incident, and receives the buttons that people press there. */
export function addSlack(scope: Construct, config: NonNullable<ServiceConfig['slack']>, responder: ChannelParts): void {
  const { team, channel, botTokenSecretArn, signingSecretArn, people, onlyPeople, secretKeyArn } = config;
  const chat = new NotificationChannel(scope, 'Chat', {
    folder: 'channels/slack/notify',
    description: 'A thread in Slack for each incident',
    name: 'slack',
    eventTypes: CHAT_EVENTS,
    deadLetterDescription: 'Messages that Slack did not take',
    environment: { SLACK_API: 'https://slack.com/api', SLACK_CHANNEL: channel, BOT_TOKEN_SECRET: botTokenSecretArn },
    responder,
  });
  chat.addToRolePolicy(...readsSecret(botTokenSecretArn, secretKeyArn));
  const byId = Object.fromEntries(Object.entries(people).map(([name, id]) => [id, name]));
  const interactivity = new CommandEndpoint(scope, 'Slack', {
    folder: 'channels/slack/interactions',
    description: 'Buttons pressed in Slack: the request URL of its interactivity',
    environment: {
      SIGNING_SECRET: signingSecretArn,
      SLACK_TEAM: team,
      SLACK_CHANNEL: channel,
      SLACK_PEOPLE: JSON.stringify(byId),
      SLACK_ONLY_PEOPLE: String(onlyPeople),
      SLACK_HOOKS: 'https://hooks.slack.com',
    },
    source: 'slack',
    command: responder.command,
  });
  interactivity.addToRolePolicy(...readsSecret(signingSecretArn, secretKeyArn));
}
