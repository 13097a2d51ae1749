import { createHash } from 'node:crypto';
import type { Account, Input, Need } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';

/** Secrets Manager ends the ARN of each secret so. */
const ENDING = /-[A-Za-z0-9]{6}$/;

/** Secrets Manager: every secret exists, as a text that its ARN gives, under the account's own key unless it is given another. */
export class Secrets {
  private readonly account: Account;
  /** The customer's keys, by the complete ARNs of the secrets. */
  private readonly keys = new Map<string, string>();

  constructor(account: Account) {
    this.account = account;
    account.provide('secretsmanager', {
      GetSecretValue: {
        resources: ({ SecretId }) => [this.arnOf(SecretId)],
        needs: ({ SecretId }) => this.decryption(SecretId),
        run: ({ SecretId }: Input) => ({ ARN: this.arnOf(SecretId), SecretString: secret(this.arnOf(SecretId)) }),
      },
    });
  }

  /** Puts a secret under a customer's key: who reads it must be allowed to decrypt with that key. */
  encrypt(secretId: string, keyArn: string): void {
    this.keys.set(this.arnOf(secretId), keyArn);
  }

  /** The permissions that a caller needs for whom a service reads a secret. */
  needs(secretId: string): Need[] {
    const read = { action: 'secretsmanager:GetSecretValue', resources: [this.arnOf(secretId)] };
    return [read, ...this.decryption(secretId)];
  }

  /** The secret to which a function's environment refers; undefined where there is no such function. */
  of(path: string, variable: string): string | undefined {
    const found = this.account.find('AWS::Lambda::Function', path);
    const id = found?.properties['Environment'].Variables[variable];
    return id && secret(this.arnOf(id));
  }

  private decryption(secretId: string): Need[] {
    const key = this.keys.get(this.arnOf(secretId));
    const context = { 'kms:ViaService': `secretsmanager.${this.account.region}.amazonaws.com` };
    return key === undefined ? [] : [{ action: 'kms:Decrypt', resources: [key], context }];
  }

  /** The complete ARN, by which IAM judges a call also where it names less of it. */
  private arnOf(secretId: string): string {
    if (secretId.startsWith('arn:') && ENDING.test(secretId)) return secretId;
    const partial = secretId.startsWith('arn:')
      ? secretId
      : `arn:aws:secretsmanager:${this.account.region}:${ACCOUNT}:secret:${secretId}`;
    return `${partial}-${createHash('sha256').update(partial).digest('hex').slice(0, 6)}`;
  }
}

/** 32 characters, as a routing key has. */
const secret = (arn: string) => createHash('sha256').update(arn).digest('hex').slice(0, 32);
