import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({});

/** Minutes for which a secret is cached: a replaced secret may be used for so long. */
const CACHE_MINUTES = 5;

const cache = new Map<string, { value: string; until: number }>();

/** Reads a secret that is stored as plain text. @throws Error with the ARN of the secret, never its value. */
export async function readSecret(arn = ''): Promise<string> {
  const now = Date.now();
  const cached = cache.get(arn);
  if (cached && cached.until > now) return cached.value;
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn })).catch(error => {
    throw new Error(`cannot read the secret ${arn}: ${error.name}`);
  });
  const value = SecretString?.trim();
  if (!value) throw new Error(`the secret ${arn} is empty: it must be plain text`);
  cache.set(arn, { value, until: now + CACHE_MINUTES * 60_000 });
  return value;
}
