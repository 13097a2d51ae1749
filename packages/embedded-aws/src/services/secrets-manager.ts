import { createHash } from 'node:crypto';
import type { Account, Input } from '../account/account.ts';

/** Secrets Manager: every secret exists, as a text that its ARN gives. */
export class Secrets {
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    account.provide('secretsmanager', {
      GetSecretValue: {
        resources: ({ SecretId }) => [SecretId],
        run: ({ SecretId }: Input) => ({ ARN: SecretId, SecretString: secret(SecretId) }),
      },
    });
  }

  /** The secret to which a function's environment refers; undefined where there is no such function. */
  of(path: string, variable: string): string | undefined {
    const found = this.account.find('AWS::Lambda::Function', path);
    const arn = found?.properties['Environment'].Variables[variable];
    return arn && secret(arn);
  }
}

/** 32 characters, as a routing key has. */
const secret = (arn: string) => createHash('sha256').update(arn).digest('hex').slice(0, 32);
