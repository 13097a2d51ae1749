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
import type { Mail } from '../domain/kernel/templates.ts';
import { type Preferences, preferences, wants } from '../domain/subscribers/subscriber.ts';
import { Refused, Unavailable } from './http.ts';

// SES lets few calls a second through, and says so: it is asked again.
const client = new SESv2Client({ maxAttempts: 6 });
const ContactListName = () => process.env['CONTACT_LIST'];

/** What is wrong with this one mail; everything else may be over in an hour. */
const OF_THE_MAIL = ['MessageRejected', 'BadRequestException'];

/** Sends a mail that no list is about. @throws Refused, Unavailable. */
export const sendMail = (to: string, letter: Mail): Promise<void> => sendEmail(to, letter);

/**
 * Sends a mail to a subscriber, with SES's own link to unsubscribe in its text and its headers. No topic is named: one click
 * ends it all, and the page behind the link lets choose. Who has unsubscribed gets nothing. @throws Refused, Unavailable.
 */
export const sendToSubscriber = (to: string, letter: Mail): Promise<void> =>
  sendEmail(to, letter, { ContactListName: ContactListName() });

async function sendEmail(to: string, { subject, body }: Mail, list?: ListManagementOptions): Promise<void> {
  const text = (Data: string) => ({ Data, Charset: 'UTF-8' });
  await asking(
    client.send(
      new SendEmailCommand({
        FromEmailAddress: process.env['MAIL_FROM'],
        ConfigurationSetName: process.env['CONFIGURATION_SET'],
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: text(subject), Body: { Text: text(body) } } },
        ...(list ? { ListManagementOptions: list } : {}),
      }),
    ),
  );
}

/** Subscribes an address to components, beside those it is subscribed to; `all` are those that there are. */
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
    if (!(error instanceof AlreadyExistsException)) throw worded(error);
    const about = { ContactListName: ContactListName(), EmailAddress: email };
    const before = await asking(client.send(new GetContactCommand(about)));
    await asking(client.send(new UpdateContactCommand(contact(before))));
  }
}

/**
 * Who is subscribed to any of the components, once each. Every contact is read and judged here: SES reads as many when it is
 * asked for those of one topic, and would be asked for each.
 */
export async function subscribersOf(components: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  try {
    for await (const { Contacts = [] } of paginateListContacts({ client }, { ContactListName: ContactListName() }))
      for (const { EmailAddress, ...contact } of Contacts)
        if (EmailAddress && wants(contact, components)) found.add(EmailAddress);
  } catch (error) {
    throw worded(error);
  }
  return [...found];
}

const asking = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch(error => {
    throw worded(error);
  });

/** What SES says of an error names addresses, which belong into no log. */
function worded(error: unknown): unknown {
  if (!(error instanceof SESv2ServiceException)) return error;
  const said = `SES answered ${error.name}: ${error.message.replace(/[^\s<>"',:;]+@[^\s<>"',:;]+/g, '(an address)')}`;
  return OF_THE_MAIL.includes(error.name) ? new Refused(said) : new Unavailable(said);
}
