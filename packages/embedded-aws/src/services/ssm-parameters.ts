import { type Account, type Input, ServiceError } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import { Unsupported } from '../unsupported.ts';

/** The most characters of a value of the advanced tier. */
const ADVANCED = 8192;

/** SSM Parameter Store. A person at the console can set a parameter too. */
export class Parameters {
  private readonly values = new Map<string, { value: string; modified: number }>();
  /** The most characters of a value, where it is not of the standard tier. */
  private readonly most = new Map<string, number>();
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    const created = account.clock.now - 86_400_000;
    for (const { properties } of account.ofType('AWS::SSM::Parameter')) {
      if (properties['Tier'] === 'Advanced') this.most.set(properties['Name'], ADVANCED);
      this.values.set(properties['Name'], { value: properties['Value'], modified: created });
    }
    const arn = (name: string) => `arn:aws:ssm:${account.region}:${ACCOUNT}:parameter${name}`;
    account.provide('ssm', {
      GetParameters: {
        resources: ({ Names }) => (Names as string[]).map(arn),
        run: ({ Names }: Input) => ({ Parameters: (Names as string[]).flatMap(name => this.read(name)) }),
      },
      GetParameter: {
        resources: ({ Name }) => [arn(Name)],
        run: ({ Name }: Input) => ({ Parameter: this.found(Name) }),
      },
      PutParameter: {
        resources: ({ Name }) => [arn(Name)],
        run: ({ Name, Value, Overwrite, ...more }: Input) => {
          const [unknown] = Object.keys(more);
          if (unknown) throw new Unsupported('ssm:PutParameter', unknown);
          this.found(Name);
          if (!Overwrite) throw new ServiceError('ParameterAlreadyExists', 'The parameter already exists.');
          account.measure('value of a parameter', Value.length, this.most.get(Name));
          this.set(Name, Value);
          return {};
        },
      },
    });
  }

  /** Sets a parameter as a person at the console does; undefined deletes it. */
  set(name: string, value: string | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, { value, modified: this.account.clock.now });
  }

  /** Gives the parameter's value; undefined when there is no such parameter. */
  value(name: string): string | undefined {
    return this.values.get(name)?.value;
  }

  private found(name: string) {
    const [found] = this.read(name);
    if (!found) throw new ServiceError('ParameterNotFound', `There is no parameter ${name}`);
    return found;
  }

  private read(name: string) {
    const found = this.values.get(name);
    return found ? [{ Name: name, Value: found.value, LastModifiedDate: new Date(found.modified) }] : [];
  }
}
