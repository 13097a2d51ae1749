/** How an account stands with SMS, as AWS tells. */
export interface SmsAccount {
  sandbox: boolean;
  /** The numbers that were verified for the sandbox. */
  verified: readonly string[];
  optedOut: readonly string[];
  originationNumbers: number;
  /** US dollars of this calendar month. */
  spent: number;
  /** US dollars that a month may cost. */
  limit: number;
  /** `Transactional` or `Promotional`: an SMS is sent so that does not say it itself, as those of alarms. */
  defaultType: string;
  /** True if SNS writes into the logs what became of each SMS. */
  logged: boolean;
}

/** The reason for which SNS takes an SMS to a number, and delivers nothing. */
export type Unreachable =
  | 'not verified in the SMS sandbox'
  | 'opted out'
  | 'no origination number'
  | 'SMS budget spent';

/** Tells the reason; undefined for a number that is reached. */
export function unreachable(number: string, account: SmsAccount): Unreachable | undefined {
  const { sandbox, verified, optedOut, originationNumbers, spent, limit } = account;
  if (optedOut.includes(number)) return 'opted out';
  if (sandbox && !verified.includes(number)) return 'not verified in the SMS sandbox';
  if (isOfTheUs(number) && originationNumbers === 0) return 'no origination number';
  return limit - spent < DEAREST ? 'SMS budget spent' : undefined;
}

/** US dollars of a page in several parts where they are dear: SNS refuses what would go over the limit, with some money left. */
const DEAREST = 0.1;

/** Canada and some islands have the same code; who writes to them is best off with a number too. */
const isOfTheUs = (number: string) => number.startsWith('+1');

/** The share of the month's money from which on people are told. */
const NEARLY_SPENT = 0.8;

/** The things of the account that will keep SMS from people, or keep from operators why, if they stay as they are. */
export function smsTroubles({ sandbox, spent, limit, defaultType, logged }: SmsAccount): string[] {
  const dollars = (amount: number) => `${amount.toFixed(2)} USD`;
  return [
    ...(sandbox ? ['SMS is in its sandbox: only verified numbers are reached'] : []),
    ...(spent >= NEARLY_SPENT * limit
      ? [`${dollars(spent)} of the ${dollars(limit)} for SMS this month are spent`]
      : []),
    ...(defaultType === 'Transactional'
      ? []
      : ['SMS of alarms are sent as promotions: set DefaultSMSType to Transactional']),
    ...(logged ? [] : ['nobody sees what became of an SMS: its delivery status is not logged']),
  ];
}
