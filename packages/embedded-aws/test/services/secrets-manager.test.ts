import { expect, test } from 'vitest';
import { type Resource, World } from '../../src/index.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/token';
const COMPLETE = `${ARN}-AbCdEf`;
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/5f1c2d3e-0000-4000-8000-123456789012';

const read = (Resource: string) => ({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource });
const decrypt = (region: string, Resource = KEY) => ({
  ...{ Effect: 'Allow', Action: 'kms:Decrypt', Resource },
  Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
});

/** Reads a secret by a role that may do what the statements say. */
async function readBy(Statement: object[], SecretId: string, keyArn?: string): Promise<string> {
  const Role: Resource = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement } }] },
  };
  const world = await World.deploy({
    name: 'Shop',
    directory: '.',
    region: 'us-east-1',
    template: { Resources: { Role } },
  });
  if (keyArn) world.secrets.encrypt(SecretId, keyArn);
  const [role] = world.account.ofType('AWS::IAM::Role');
  const caller = { name: 'reader', role: role?.arn ?? '' };
  const answer = world.account.call(caller, 'secretsmanager', 'GetSecretValue', { SecretId });
  return answer.then(
    given => (given as { ARN: string }).ARN,
    error => error.message,
  );
}

test('a secret is judged by its complete ARN, also when a call names less of it', async () => {
  expect(await readBy([read(COMPLETE)], COMPLETE)).toBe(COMPLETE);
  for (const id of ['shop/token', ARN]) {
    expect(await readBy([read(ARN)], id)).toContain('is not authorized to perform: secretsmanager:GetSecretValue');
    expect(await readBy([read(`${ARN}-??????`)], id)).toMatch(/:secret:shop\/token-[a-f\d]{6}$/);
  }
});

test('a secret under a key is read by who may decrypt with that key for Secrets Manager', async () => {
  const refused = `is not authorized to perform: kms:Decrypt on resource: ${KEY}`;
  expect(await readBy([read(COMPLETE)], COMPLETE, KEY)).toContain(refused);
  expect(await readBy([read(COMPLETE), decrypt('eu-west-1')], COMPLETE, KEY)).toContain(refused);
  expect(await readBy([read(COMPLETE), decrypt('us-east-1', `${KEY}0`)], COMPLETE, KEY)).toContain(refused);
  expect(await readBy([read(COMPLETE), decrypt('us-east-1')], COMPLETE, KEY)).toBe(COMPLETE);
});
