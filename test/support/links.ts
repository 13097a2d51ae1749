import { KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { signLink } from '../../lambda/adapters/links.ts';
import type { Link } from '../../lambda/domain/messages/link.ts';
import { useCommandFunction, useSigningKey } from './aws-mocks.ts';
import { DEPLOYED, useResponder } from './responder.ts';
import { START } from './story.ts';

export const ID = 'INC-2026-04-07-001';
export const kms = mockClient(KMSClient);

/** The public endpoint of the links with KMS and the command function behind it, on a table of its own. */
export function useLinks(environment: Record<string, string> = {}): void {
  useResponder({
    LINKS_KEY: 'arn:aws:kms:us-east-1:123456789012:key/links',
    LINKS_URL: 'https://door.example/',
    COMMAND_FUNCTION: 'command:link',
    RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
    ...environment,
  });
  useSigningKey(kms);
  useCommandFunction();
}

/** The path of a link: by default Ada's acknowledgement, good for an hour. */
export const linkPath = async (changes: Partial<Link> = {}, service = DEPLOYED.service): Promise<string> =>
  `/${await signLink(service, { action: 'acknowledge', incident: ID, person: 'ada', expires: Date.parse(START) / 1000 + 3600, ...changes })}`;
