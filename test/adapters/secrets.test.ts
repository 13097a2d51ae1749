import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refused, Unavailable } from '../../lambda/adapters/http.ts';
import { isSignedWith, readSecret, withSecret } from '../../lambda/adapters/secrets.ts';

const manager = mockClient(SecretsManagerClient);
let stored = '';
let arns = 0;
let arn = '';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  manager.reset();
  manager.on(GetSecretValueCommand).callsFake(async () => ({ SecretString: stored }));
  [stored, arn] = ['old', `arn-${++arns}`];
});
afterEach(() => void vi.useRealTimers());

const reads = () => manager.commandCalls(GetSecretValueCommand).length;
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
const isOf = (signer: string) => isSignedWith(arn, secret => secret === signer);
/** The other side takes one secret alone. */
const takes = (one: string) => async (secret: string) => {
  if (secret !== one) throw new Refused('invalid_auth');
  return secret;
};

/** A secret was read half a minute ago, and replaced since. */
async function replaced(): Promise<void> {
  await readSecret(arn);
  pass(30);
  stored = 'new';
}

it('a signature by a secret that was replaced a moment ago is right, by the old one and by the new one', async () => {
  await replaced();
  expect(await isOf('old')).toBe(true);
  expect(await isOf('new')).toBe(true);
});

it('a request is sent once more with the secret that has replaced the refused one', async () => {
  await replaced();
  expect(await withSecret(arn, takes('new'))).toBe('new');
  expect(await withSecret(arn, takes('new'))).toBe('new');
  expect(reads()).toBe(2);
});

it('a request that is refused for another reason is sent once', async () => {
  await readSecret(arn);
  pass(30);
  const act = vi.fn(takes('another'));
  await expect(withSecret(arn, act)).rejects.toThrow(Refused);
  expect(act).toHaveBeenCalledOnce();
});

it('a request that was not answered is not sent again, though the secret was replaced', async () => {
  await replaced();
  const act = vi.fn(async () => Promise.reject(new Unavailable('503')));
  await expect(withSecret(arn, act)).rejects.toThrow(Unavailable);
  expect(act).toHaveBeenCalledOnce();
});

it('wrong signatures read the secret every ten seconds at most', async () => {
  for (let second = 0; second < 60; second++) {
    expect(await isOf('nobody')).toBe(false);
    pass(1);
  }
  expect(reads()).toBeLessThanOrEqual(7);
});

it('a wrong signature stays wrong while the secret cannot be read anew, and a right one stays right', async () => {
  await replaced();
  manager.on(GetSecretValueCommand).rejects(new Error('Throttled'));
  expect(await isOf('nobody')).toBe(false);
  expect(await isOf('old')).toBe(true);
});
