import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Refused } from './http.ts';

const client = new SecretsManagerClient({});

/** Milliseconds for which a secret is cached. */
const CACHED = 5 * 60_000;

/** Milliseconds for which a secret counts as new: whoever sends wrong signatures must not make us read it each time. */
const NEW = 10_000;

const cache = new Map<string, { value: string; readAt: number }>();

/** Reads a secret that is stored as plain text. @throws Error with the ARN of the secret, never its value. */
export async function readSecret(arn = ''): Promise<string> {
  const cached = cache.get(arn);
  return cached && Date.now() - cached.readAt < CACHED ? cached.value : fetchSecret(arn);
}

/**
 * Acts with the secret. If the other side refuses that, and somebody has replaced the secret since it was read, it acts once more with
 * the new one.
 */
export async function withSecret<Result>(arn = '', act: (secret: string) => Promise<Result>): Promise<Result> {
  const secret = await readSecret(arn);
  try {
    return await act(secret);
  } catch (error) {
    const replaced = error instanceof Refused ? await replacementOf(arn, secret) : undefined;
    if (replaced === undefined) throw error;
    return act(replaced);
  }
}

/** True if the signature is right by the secret, or by the one that has replaced it since it was read. */
export async function isSignedWith(arn = '', isRight: (secret: string) => boolean): Promise<boolean> {
  const secret = await readSecret(arn);
  if (isRight(secret)) return true;
  const replaced = await replacementOf(arn, secret);
  return replaced !== undefined && isRight(replaced);
}

async function replacementOf(arn: string, secret: string): Promise<string | undefined> {
  const { readAt = 0 } = cache.get(arn) ?? {};
  if (Date.now() - readAt < NEW) return undefined;
  const current = await fetchSecret(arn).catch(() => secret);
  return current === secret ? undefined : current;
}

async function fetchSecret(arn: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn })).catch(error => {
    throw new Error(`cannot read the secret ${arn}: ${error.name}`);
  });
  const value = SecretString?.trim();
  if (!value) throw new Error(`the secret ${arn} is empty: it must be plain text`);
  cache.set(arn, { value, readAt: Date.now() });
  return value;
}
