import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { ConfirmSubscriptionCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { listen } from './emulator.ts';
import { until } from './progress.ts';

export interface Notification {
  Subject?: string;
  Message: string;
}

export interface Inbox {
  readonly notifications: readonly Notification[];
  close(): void;
}

type Delivery = ({ Type: 'Notification' } & Notification) | { Type: 'SubscriptionConfirmation'; Token: string };

/** One more subscriber of a topic, over HTTP on the loopback: it gets what the pagers get. */
export async function subscribe(sns: SNSClient, topicArn: string): Promise<Inbox> {
  const notifications: Notification[] = [];
  let token: string | undefined;
  const server = createServer(async (request, response) => {
    const delivery = JSON.parse(await text(request)) as Delivery;
    if (delivery.Type === 'Notification') notifications.push(delivery);
    else token = delivery.Token;
    response.end();
  });
  const port = await listen(server);
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${port}/` }));
  const Token = await until('the request to confirm the subscription', async () => token);
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token }));
  return {
    notifications,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
