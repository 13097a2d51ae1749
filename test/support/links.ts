import { createHmac, timingSafeEqual } from 'node:crypto';
import { GenerateMacCommand, KMSClient, KMSInvalidMacException, VerifyMacCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import { signLink } from '../../lambda/adapters/links.ts';
import type { Link } from '../../lambda/domain/messages/link.ts';
import { handler as command } from '../../lambda/functions/command/handler.ts';
import { DEPLOYED, invoke, useResponder } from './responder.ts';
import { START } from './story.ts';

export const ID = 'INC-2026-04-07-001';
export const kms = mockClient(KMSClient);
const lambda = mockClient(LambdaClient);

const mac = (message: Uint8Array | undefined) =>
  createHmac('sha256', 'key')
    .update(message ?? '')
    .digest();

/** The door of the links with KMS and the command function behind it, on a table of its own. */
export function useLinks(environment: Record<string, string> = {}): void {
  useResponder({
    LINKS_KEY: 'arn:aws:kms:us-east-1:123456789012:key/links',
    LINKS_URL: 'https://door.example/',
    COMMAND_FUNCTION: 'command',
    RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
    ...environment,
  });
  beforeEach(() => {
    kms.reset();
    kms.on(GenerateMacCommand).callsFake(async ({ Message }) => ({ Mac: mac(Message) }));
    kms.on(VerifyMacCommand).callsFake(async ({ Message, Mac }) => {
      if (timingSafeEqual(mac(Message), Mac)) return { MacValid: true };
      throw new KMSInvalidMacException({ message: 'invalid', $metadata: {} });
    });
    lambda.reset();
    lambda.on(InvokeCommand).callsFake(async ({ Payload }) => {
      const text = JSON.stringify(await invoke(command, JSON.parse(String(Payload))));
      return { Payload: { transformToString: () => text } };
    });
  });
}

/** The path of a link: by default Ada's acknowledgement, good for an hour. */
export const linkPath = async (changes: Partial<Link> = {}, service = DEPLOYED.service): Promise<string> =>
  `/${await signLink(service, { action: 'acknowledge', incident: ID, person: 'ada', expires: Date.parse(START) / 1000 + 3600, ...changes })}`;
