import { expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, synthesise } from '../../support/stack.ts';

const key = 'arn:aws:kms:us-east-1:123456789012:key/5f1c2d3e-0000-4000-8000-123456789012';
const partial = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/responder';

const { access } = everything.database;

const grantsOf = (path: string, changes: object = {}) => {
  const database = { ...everything.database, access: { ...access, ...changes } };
  const { template } = synthesise({ ...everything, database } as typeof everything);
  return inspect(template)
    .allowed(path)
    .filter(statement => actionsOf(statement).some(action => /^(secretsmanager|kms):/.test(action)))
    .map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition }));
};
const reads = (Resource: string) => ({ Action: 'secretsmanager:GetSecretValue', Resource, Condition: undefined });

const KILL = 'DatabaseConnections/KillIdleConnectionsFunction';

it('a secret whose ARN is complete is granted alone; one without its ending by the six characters that it may have', () => {
  expect(grantsOf(KILL)).toEqual([reads(access.secretArn)]);
  expect(grantsOf(KILL, { secretArn: partial })).toEqual([reads(`${partial}-??????`)]);
});

it('a secret under a key of the customer comes with that key, for secrets alone', () => {
  expect(grantsOf(KILL, { secretKeyArn: key })).toEqual([
    reads(access.secretArn),
    {
      Action: 'kms:Decrypt',
      Resource: key,
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } },
    },
  ]);
});
