import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({});

/** Minutes for which a secret is remembered: so long may one that was replaced go on being used. */
const MINUTES = 5;

const known = new Map<string, { value: string; until: number }>();

/** A secret kept as plain text. @throws Error that names the secret, and never tells it. */
export async function readSecret(arn = ''): Promise<string> {
  const now = Date.now();
  const remembered = known.get(arn);
  if (remembered && remembered.until > now) return remembered.value;
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn })).catch(error => {
    throw new Error(`cannot read the secret ${arn}: ${error.name}`);
  });
  const value = SecretString?.trim();
  if (!value) throw new Error(`the secret ${arn} is empty: it must be plain text`);
  known.set(arn, { value, until: now + MINUTES * 60_000 });
  return value;
}
