import { type Account, type Input, ServiceError } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import { jsonBytes } from '../sizes.ts';
import type { Message } from './sns.ts';

/** A mail as its recipient got it. */
export interface SentMail extends Omit<Message, 'topic'> {
  from: string;
  headers: Record<string, string>;
}

interface Contact {
  EmailAddress: string;
  TopicPreferences: { TopicName: string; SubscriptionStatus: string }[];
  UnsubscribeAll: boolean;
}

/** The host of SES's page to unsubscribe. */
export const SES_HOST = 'unsubscribe.ses.example';
const UNSUBSCRIBE = `https://${SES_HOST}`;
const PLACEHOLDER = '{{amazonSESUnsubscribeUrl}}';

/** SES, version 2: the contact list of the template, and mails, with SES's own links to unsubscribe. */
export class Mail {
  /** Every mail that was delivered, in order. */
  readonly mails: SentMail[] = [];
  readonly contacts = new Map<string, Contact>();
  /** While true, every call fails. */
  down = false;
  /** Addresses that SES refuses for good. */
  readonly refused = new Set<string>();
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    const arn = (resource: string) => `arn:aws:ses:${account.region}:${ACCOUNT}:${resource}`;
    const list = ({ ContactListName }: Input) => [arn(`contact-list/${ContactListName}`)];
    const sender = ({ FromEmailAddress, ConfigurationSetName }: Input) => [
      arn(`identity/${String(FromEmailAddress).split('@')[1]}`),
      arn(`configuration-set/${ConfigurationSetName}`),
    ];
    account.provide('ses', {
      CreateContact: { resources: list, run: input => this.whileUp(() => this.create(input)) },
      GetContact: { resources: list, run: input => this.whileUp(() => this.get(input)) },
      UpdateContact: { resources: list, run: input => this.whileUp(() => this.update(input)) },
      ListContacts: { resources: list, run: input => this.whileUp(() => this.list(input)) },
      SendEmail: {
        resources: sender,
        context: ({ FromEmailAddress }) => ({ 'ses:FromAddress': FromEmailAddress }),
        run: input => this.whileUp(() => this.send(input)),
      },
    });
  }

  /** True for the address of SES's page to unsubscribe. */
  knows(url: string): boolean {
    return url.startsWith(`${UNSUBSCRIBE}/`);
  }

  /** Requests SES's page: GET shows it, and only POST, by its button or the one click of a mail program, unsubscribes. */
  request(url: string, method = 'GET'): string {
    const contact = this.contacts.get(decodeURIComponent(new URL(url).pathname.slice(1)));
    if (!contact) throw new Error(`SES has no page ${url}`);
    if (method !== 'POST') return '<form method="post"><button>Unsubscribe</button></form>';
    contact.UnsubscribeAll = true;
    return '<h1>You have unsubscribed</h1>';
  }

  private whileUp(answer: () => unknown): unknown {
    if (this.down) throw new ServiceError('InternalServiceErrorException', 'SES is down');
    return answer();
  }

  private create({ ContactListName, EmailAddress, TopicPreferences = [], UnsubscribeAll = false }: Input) {
    this.check(ContactListName, TopicPreferences);
    if (this.contacts.has(EmailAddress))
      throw new ServiceError('AlreadyExistsException', `${EmailAddress} already exists in List.`);
    this.contacts.set(EmailAddress, { EmailAddress, TopicPreferences, UnsubscribeAll });
    return {};
  }

  private get({ ContactListName, EmailAddress }: Input): Contact {
    this.topics(ContactListName);
    const contact = this.contacts.get(EmailAddress);
    if (!contact) throw new ServiceError('NotFoundException', `${EmailAddress} doesn't exist in List.`);
    return contact;
  }

  private update({ TopicPreferences = [], UnsubscribeAll = false, ...input }: Input) {
    const contact = this.get(input);
    this.check(input['ContactListName'], TopicPreferences);
    Object.assign(contact, { TopicPreferences, UnsubscribeAll });
    return {};
  }

  private list({ ContactListName }: Input) {
    this.topics(ContactListName);
    return { Contacts: [...this.contacts.values()] };
  }

  private send({ FromEmailAddress, ConfigurationSetName, Destination, Content, ListManagementOptions: list }: Input) {
    const { account, refused } = this;
    const [to, ...others] = Destination.ToAddresses;
    if (others.length > 0) throw new ServiceError('BadRequestException', 'the embedded SES sends to one address');
    if (
      !account
        .ofType('AWS::SES::ConfigurationSet')
        .some(({ properties }) => properties['Name'] === ConfigurationSetName)
    )
      throw new ServiceError('NotFoundException', `Configuration set <${ConfigurationSetName}> does not exist.`);
    account.measure('mail', jsonBytes(Content));
    if (refused.has(to)) throw new ServiceError('MessageRejected', `Email address is not verified: ${to}`);
    const { Subject, Body } = Content.Simple;
    const mail = { channel: 'email' as const, from: FromEmailAddress, to, subject: Subject.Data, body: Body.Text.Data };
    const managed = list ? this.manage(mail, list) : { ...mail, headers: {} };
    if (managed)
      account.clock.after(account.random.between(300, 2200), () => {
        this.mails.push({ ...managed, at: account.clock.iso });
        account.emit('customer mail', { channel: 'email', to, subject: mail.subject });
      });
    return { MessageId: account.random.uuid() };
  }

  /** With the links to unsubscribe; undefined for who has: SES takes such a mail, and does not send it. */
  private manage<Sent extends { to: string; body: string }>(mail: Sent, { ContactListName, TopicName }: Input) {
    if (TopicName)
      throw new ServiceError('BadRequestException', 'the embedded SES unsubscribes from everything at once');
    if (!this.contacts.has(mail.to)) this.create({ ContactListName, EmailAddress: mail.to });
    if (this.get({ ContactListName, EmailAddress: mail.to }).UnsubscribeAll) return undefined;
    const url = `${UNSUBSCRIBE}/${encodeURIComponent(mail.to)}`;
    const headers = { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    return { ...mail, body: mail.body.replace(PLACEHOLDER, url), headers };
  }

  private check(list: string, preferences: Contact['TopicPreferences']): void {
    const topics = this.topics(list);
    const unknown = preferences.find(({ TopicName }) => !topics.includes(TopicName));
    if (unknown)
      throw new ServiceError('BadRequestException', `List: ${list} doesn't contain Topic: ${unknown.TopicName}`);
  }

  private topics(list: string): string[] {
    const found = this.account
      .ofType('AWS::SES::ContactList')
      .find(({ properties }) => properties['ContactListName'] === list);
    if (!found) throw new ServiceError('NotFoundException', `List with name: ${list} doesn't exist.`);
    return found.properties['Topics'].map(({ TopicName }: Input) => TopicName);
  }
}
