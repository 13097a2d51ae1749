import type { Account } from 'embedded-aws';

/** The person behind each address: the filters of the subscriptions go by the person's name. */
export function namesByAddress(account: Account): Map<string, string> {
  const named = account.ofType('AWS::SNS::Subscription').flatMap(({ properties }): [string, string][] => {
    const [person] = properties['FilterPolicy']?.person ?? [];
    return typeof person === 'string' ? [[properties['Endpoint'], person]] : [];
  });
  return new Map(named);
}
