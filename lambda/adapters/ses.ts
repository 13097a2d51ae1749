import {
  AlreadyExistsException,
  CreateContactCommand,
  GetContactCommand,
  type ListManagementOptions,
  paginateListContacts,
  SESv2Client,
  SESv2ServiceException,
  SendEmailCommand,
  UpdateContactCommand,
} from '@aws-sdk/client-sesv2';
import { mailSubject, mailText } from '../domain/encoding/mail.ts';
import type { Mail } from '../domain/kernel/templates.ts';
import { type Preferences, preferences, wants } from '../domain/subscribers/subscriber.ts';
import { Refused, Unavailable } from './http.ts';

// SES allows few calls a second and throttles the others: the SDK retries them.
const client = new SESv2Client({ maxAttempts: 6 });
const ContactListName = () => process.env['CONTACT_LIST'];

/** Errors that concern this one mail; any other error may be over in an hour. */
const REFUSALS = ['MessageRejected', 'BadRequestException'];

/** Sends a mail to somebody who is not on a contact list. @throws Refused, Unavailable. */
export const sendMail = (to: string, mail: Mail): Promise<void> => sendEmail(to, mail);

/**
 * Sends a mail to a subscriber, with SES's link to unsubscribe in its text and its headers. The request names no topic, so one
 * click ends all subscriptions; the page behind the link offers a choice. SES sends nothing to a contact that has
 * unsubscribed. @throws Refused, Unavailable.
 */
export const sendToSubscriber = (to: string, mail: Mail): Promise<void> =>
  sendEmail(to, mail, { ContactListName: ContactListName() });

async function sendEmail(to: string, { subject, body }: Mail, list?: ListManagementOptions): Promise<void> {
  const text = (Data: string) => ({ Data, Charset: 'UTF-8' });
  await orClassified(
    client.send(
      new SendEmailCommand({
        FromEmailAddress: process.env['MAIL_FROM'],
        ConfigurationSetName: process.env['CONFIGURATION_SET'],
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: text(mailSubject(subject)), Body: { Text: text(mailText(body)) } } },
        ...(list ? { ListManagementOptions: list } : {}),
      }),
    ),
  );
}

/** Subscribes an address to further components; `all` are the ids of all existing components. */
export async function subscribe(email: string, components: readonly string[], all: readonly string[]): Promise<void> {
  const contact = (before?: Preferences) => ({
    ContactListName: ContactListName(),
    EmailAddress: email,
    TopicPreferences: preferences(components, all, before).map(({ component, wanted }) => ({
      TopicName: component,
      SubscriptionStatus: wanted ? ('OPT_IN' as const) : ('OPT_OUT' as const),
    })),
    UnsubscribeAll: false,
  });
  try {
    await client.send(new CreateContactCommand(contact()));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw classified(error);
    const about = { ContactListName: ContactListName(), EmailAddress: email };
    const before = await orClassified(client.send(new GetContactCommand(about)));
    await orClassified(client.send(new UpdateContactCommand(contact(before))));
  }
}

/**
 * The addresses subscribed to any of the components, each once. All contacts are read and filtered here: SES would read as many
 * for a filter by one topic, and would need a call for each topic.
 */
export async function subscribersOf(components: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  try {
    for await (const { Contacts = [] } of paginateListContacts({ client }, { ContactListName: ContactListName() }))
      for (const { EmailAddress, ...contact } of Contacts)
        if (EmailAddress && wants(contact, components)) found.add(EmailAddress);
  } catch (error) {
    throw classified(error);
  }
  return [...found];
}

const orClassified = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch(error => {
    throw classified(error);
  });

/** Classifies an error of SES, and removes addresses from its message, because they must not be logged. */
function classified(error: unknown): unknown {
  if (!(error instanceof SESv2ServiceException)) return error;
  const reason = `SES answered ${error.name}: ${error.message.replace(/[^\s<>"',:;]+@[^\s<>"',:;]+/g, '(an address)')}`;
  return REFUSALS.includes(error.name) ? new Refused(reason) : new Unavailable(reason);
}
