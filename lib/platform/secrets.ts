import { Arn, ArnFormat } from 'aws-cdk-lib';
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';

/** Secrets Manager ends the ARN of each secret so. Without it, the ARN is that of a name. */
const ENDING = /-[A-Za-z0-9]{6}$/;

/** Reads a secret, also under a customer's key, which may be used for nothing but secrets. */
export function readsSecret(secretArn: string, keyArn?: string): PolicyStatementProps[] {
  const complete = ENDING.test(secretArn) ? secretArn : `${secretArn}-??????`;
  const read = { actions: ['secretsmanager:GetSecretValue'], resources: [complete] };
  if (keyArn === undefined) return [read];
  const { region } = Arn.split(keyArn, ArnFormat.SLASH_RESOURCE_NAME);
  const conditions = { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } };
  return [read, { actions: ['kms:Decrypt'], resources: [keyArn], conditions }];
}
