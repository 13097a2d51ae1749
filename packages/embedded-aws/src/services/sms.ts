import { type Account, type Input, ServiceError } from '../account/account.ts';
import type { Metrics } from './cloudwatch/metrics.ts';

/** How far an account has come with SMS. Each default is that of a new account, whose messages vanish without a word. */
export interface SmsStanding {
  /** True for an account in the sandbox, which reaches verified numbers alone. @default true */
  sandbox?: boolean;
  /** The numbers that were verified for the sandbox. @default none */
  verified?: readonly string[];
  /** The numbers from which somebody has answered STOP. @default none */
  optedOut?: readonly string[];
  /** US dollars of a calendar month. @default 1 */
  spendLimit?: number;
  /** Origination numbers in the US, without which no number of the US is reached. @default none */
  originationNumbers?: readonly string[];
  /** The account's attributes of SMS beside the limit, as `DefaultSMSType`. @default none */
  attributes?: Readonly<Record<string, string>>;
}

/** US dollars of a part to the US, with the fee of the carrier. Prices differ by country and carrier. */
const PRICE = 0.01;

/** Characters of a message that is sent in one part, and of each part of a longer one. */
const PART = { only: 160, each: 153 };

/** SMS of the account: which numbers are reached, what was spent, and SNS's operations that tell of both. */
export class Sms {
  /** Set another to have the account come further. */
  standing: SmsStanding;
  private readonly account: Account;
  private readonly metrics: Metrics;
  private spent = { month: '', dollars: 0 };

  constructor(account: Account, metrics: Metrics, standing: SmsStanding) {
    this.account = account;
    this.metrics = metrics;
    this.standing = standing;
    account.provide('sns', {
      GetSMSSandboxAccountStatus: { run: () => ({ IsInSandbox: this.inSandbox }) },
      ListSMSSandboxPhoneNumbers: {
        run: paged('PhoneNumbers', () =>
          (this.standing.verified ?? []).map(PhoneNumber => ({ PhoneNumber, Status: 'Verified' })),
        ),
      },
      ListPhoneNumbersOptedOut: { run: paged('phoneNumbers', () => this.standing.optedOut ?? [], 'nextToken') },
      ListOriginationNumbers: {
        run: paged('PhoneNumbers', () =>
          (this.standing.originationNumbers ?? []).map(PhoneNumber => ({
            ...{ PhoneNumber, Status: 'Active', Iso2CountryCode: 'US', RouteType: 'Transactional' },
            NumberCapabilities: ['SMS'],
          })),
        ),
      },
      GetSMSAttributes: {
        run: ({ attributes: asked }) => {
          const { spendLimit = 1, attributes } = this.standing;
          const all: Record<string, string> = { MonthlySpendLimit: String(spendLimit), ...attributes };
          const wanted: string[] = asked ?? Object.keys(all);
          return { attributes: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))) };
        },
      },
    });
  }

  private get inSandbox(): boolean {
    return this.standing.sandbox ?? true;
  }

  /**
   * Sends a text to a number, and says why it does not arrive. Who published it hears of nothing: SNS has taken the message.
   *
   * @param to in E.164
   */
  send(to: string, text: string, topicName: string): string | undefined {
    const { verified = [], optedOut = [], originationNumbers = [], spendLimit = 1 } = this.standing;
    if (this.inSandbox && !verified.includes(to)) return 'the number is not verified in the SMS sandbox';
    if (to.startsWith('+1') && originationNumbers.length === 0) return 'there is no origination number';
    const failed = this.failure(to, text, { optedOut, spendLimit });
    this.count(failed ? 'NumberOfNotificationsFailed' : 'NumberOfNotificationsDelivered', topicName);
    return failed;
  }

  private failure(
    to: string,
    text: string,
    { optedOut, spendLimit }: { optedOut: readonly string[]; spendLimit: number },
  ) {
    if (this.account.sizes.count('SMS', text.length)) return 'the SMS is too long';
    if (optedOut.includes(to)) return 'the number has opted out';
    const price = PRICE * (text.length <= PART.only ? 1 : Math.ceil(text.length / PART.each));
    if (this.spentThisMonth + price > spendLimit) return 'the month has no money left for SMS';
    this.spend(price);
    return undefined;
  }

  /** Spends US dollars, as messages do that are not simulated. */
  spend(dollars: number): void {
    this.spent = { month: this.month, dollars: this.spentThisMonth + dollars };
    this.metrics.put('AWS/SNS', 'SMSMonthToDateSpentUSD', {}, this.spent.dollars);
  }

  private get month(): string {
    return this.account.clock.iso.slice(0, 7);
  }

  private get spentThisMonth(): number {
    return this.spent.month === this.month ? this.spent.dollars : 0;
  }

  private count(metric: string, TopicName: string): void {
    this.metrics.put('AWS/SNS', metric, { TopicName }, 1);
  }
}

/** An operation that lists a hundred things a page. */
function paged(member: string, list: () => readonly unknown[], token = 'NextToken') {
  return (input: Input) => {
    const from = input[token] === undefined ? 0 : Number(input[token]);
    if (!Number.isInteger(from)) throw new ServiceError('InvalidParameterException', `Invalid parameter: ${token}`);
    const all = list();
    return {
      [member]: all.slice(from, from + 100),
      ...(from + 100 < all.length ? { [token]: String(from + 100) } : {}),
    };
  };
}
