import type { Account, Input } from './account.ts';

/** SSM Parameter Store. A person at the console can set a parameter too: scenarios and tests do. */
export class Parameters {
  private readonly values = new Map<string, { value: string; modified: number }>();
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    const created = account.clock.now - 86_400_000;
    for (const { properties } of account.ofType('AWS::SSM::Parameter')) {
      this.values.set(properties['Name'], { value: properties['Value'], modified: created });
    }
    account.provide('ssm', {
      GetParameters: {
        resources: ({ Names }) =>
          (Names as string[]).map(name => `arn:aws:ssm:${account.region}:123456789012:parameter${name}`),
        run: ({ Names }: Input) => ({ Parameters: (Names as string[]).flatMap(name => this.read(name)) }),
      },
    });
  }

  /** What a person does at the console; undefined deletes it. */
  set(name: string, value: string | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, { value, modified: this.account.clock.now });
  }

  private read(name: string) {
    const found = this.values.get(name);
    return found ? [{ Name: name, Value: found.value, LastModifiedDate: new Date(found.modified) }] : [];
  }
}
