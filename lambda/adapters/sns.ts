import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { PageMessage } from '../domain/messages.ts';

const client = new SNSClient({});

/** Sends to a level's topic. The urgency is an attribute, so that notices never reach a telephone. */
export async function publishPage(topicArn: string, { subject, body, sms, urgency }: PageMessage): Promise<void> {
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: body, sms }),
      MessageAttributes: { urgency: { DataType: 'String', StringValue: urgency } },
    }),
  );
}
