import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  paginateListPhoneNumbersOptedOut,
  paginateListSMSSandboxPhoneNumbers,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { SmsAccount } from '../domain/on-call/sms.ts';
import { readMetrics } from './cloudwatch.ts';

const client = new SNSClient({});

/** How the account and region stand with SMS. */
export async function readSmsAccount(now: Date): Promise<SmsAccount> {
  const [{ IsInSandbox: sandbox = true }, optedOut, origination, { attributes = {} }, spent] = await Promise.all([
    client.send(new GetSMSSandboxAccountStatusCommand({})),
    optedOutNumbers(),
    client.send(new ListOriginationNumbersCommand({})),
    client.send(new GetSMSAttributesCommand({})),
    spentThisMonth(now),
  ]);
  return {
    sandbox,
    verified: sandbox ? await verifiedNumbers() : [],
    optedOut,
    originationNumbers: origination.PhoneNumbers?.length ?? 0,
    spent,
    // An account that has set no limit has the first one.
    limit: Number(attributes['MonthlySpendLimit'] ?? 1),
    defaultType: attributes['DefaultSMSType'] ?? 'Promotional',
    logged: Boolean(attributes['DeliveryStatusIAMRole']),
  };
}

async function optedOutNumbers(): Promise<string[]> {
  const numbers: string[] = [];
  for await (const { phoneNumbers = [] } of paginateListPhoneNumbersOptedOut({ client }, {}))
    numbers.push(...phoneNumbers);
  return numbers;
}

async function verifiedNumbers(): Promise<string[]> {
  const numbers: string[] = [];
  for await (const { PhoneNumbers = [] } of paginateListSMSSandboxPhoneNumbers({ client }, {}))
    for (const { PhoneNumber, Status } of PhoneNumbers)
      if (PhoneNumber && Status === 'Verified') numbers.push(PhoneNumber);
  return numbers;
}

/** US dollars. The metric counts from the beginning of the month, and is there once something was spent. */
async function spentThisMonth(now: Date): Promise<number> {
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const query = {
    ...{ id: 'spent', namespace: 'AWS/SNS', name: 'SMSMonthToDateSpentUSD', dimensions: {} },
    ...{ statistic: 'Maximum' as const, period: 3600 },
  };
  const { spent = [] } = await readMetrics([query], now, (now.getTime() - month) / 3_600_000);
  return spent.at(-1)?.value ?? 0;
}
