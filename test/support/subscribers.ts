import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  AlreadyExistsException,
  CreateContactCommand,
  type CreateContactCommandInput,
  GetContactCommand,
  ListContactsCommand,
  SESv2Client,
  SendEmailCommand,
  UpdateContactCommand,
} from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, vi } from 'vitest';
import { signConfirmation } from '../../lambda/adapters/confirmations.ts';
import type { StatusPage } from '../../lambda/domain/incident/service-policy.ts';
import type { Confirmation } from '../../lambda/domain/subscribers/confirmation.ts';
import { useSigningKey } from './aws-mocks.ts';
import { DEPLOYED, deploy, useResponder } from './responder.ts';
import { START } from './story.ts';

export const kms = mockClient(KMSClient);
export const ses = mockClient(SESv2Client);

export const STATUS_PAGE: StatusPage = {
  url: 'https://status.mockupaws.com',
  components: [
    { id: 'api', name: 'API', description: 'Requests of your applications' },
    { id: 'website', name: 'Website', description: '' },
  ],
};

/** The contact list, as SES has it. */
export const contacts = new Map<string, CreateContactCommandInput>();

/** A responder whose status page has subscribers, with KMS, SES and a table of its own behind it. */
export function useSubscribers(): void {
  let tables = 0;
  useResponder(
    {
      CONFIRMATIONS_KEY: 'arn:aws:kms:us-east-1:123456789012:key/confirmations',
      CONTACT_LIST: 'mockupaws-production-status',
      CONFIGURATION_SET: 'mockupaws-production-status',
      MAIL_FROM: 'status@mockupaws.com',
      MAIL_QUEUE: 'https://sqs/mail.fifo',
      MAIL_DEAD_LETTERS: 'https://sqs/dead.fifo',
      INCIDENT_BUS: 'bus',
    },
    'dynalite',
  );
  useSigningKey(kms);
  beforeEach(async () => {
    await deploy({ site: { title: 'mockupAWS', ...STATUS_PAGE, maintenance: [] } });
    const TableName = `subscribers-${++tables}`;
    vi.stubEnv('SUBSCRIBERS_TABLE', TableName);
    await new DynamoDBClient({}).send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    contacts.clear();
    ses.reset();
    ses.on(SendEmailCommand).resolves({ MessageId: '1' });
    ses.on(CreateContactCommand).callsFake(async (contact: CreateContactCommandInput) => {
      if (contacts.has(`${contact.EmailAddress}`))
        throw new AlreadyExistsException({ message: `${contact.EmailAddress} already exists`, $metadata: {} });
      contacts.set(`${contact.EmailAddress}`, contact);
      return {};
    });
    ses.on(GetContactCommand).callsFake(async ({ EmailAddress }) => contacts.get(EmailAddress));
    ses.on(UpdateContactCommand).callsFake(async (contact: CreateContactCommandInput) => {
      contacts.set(`${contact.EmailAddress}`, contact);
      return {};
    });
    ses.on(ListContactsCommand).callsFake(async ({ NextToken = '0' }) => {
      const from = Number(NextToken);
      const page = [...contacts.values()].slice(from, from + 2);
      return { Contacts: page, ...(from + 2 < contacts.size ? { NextToken: String(from + 2) } : {}) };
    });
  });
}

/** What was mailed, to whom. */
export const mailed = () =>
  ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
    to: input.Destination?.ToAddresses?.join() ?? '',
    subject: input.Content?.Simple?.Subject?.Data ?? '',
    body: input.Content?.Simple?.Body?.Text?.Data ?? '',
    input,
  }));

/** The path of a confirmation link: by default of Ada, for the API, good for a day. */
export const confirmationPath = async (
  changes: Partial<Confirmation> = {},
  service = DEPLOYED.service,
): Promise<string> =>
  `/subscribe/${await signConfirmation(service, { email: 'ada@customer.example', components: ['api'], expires: Date.parse(START) / 1000 + 86_400, ...changes })}`;

/** What a contact is opted into. */
export const optedInto = (email: string) =>
  contacts
    .get(email)
    ?.TopicPreferences?.flatMap(({ TopicName, SubscriptionStatus }) =>
      SubscriptionStatus === 'OPT_IN' ? [TopicName] : [],
    );
