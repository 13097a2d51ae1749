import { expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, stackOf, statementsOf } from '../../support/stack.ts';

const { template } = stackOf(everything);
const { all, one, allowed } = inspect(template);
const key = one('AWS::KMS::Key', 'Links/Key');

it('links are signed by a key that cannot leave KMS', () => {
  expect(key.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
});

it('links can be signed by functions that write messages, verified by the endpoint, and nobody can do both', () => {
  const may = (action: string) =>
    all('AWS::IAM::Role').flatMap(({ id, path }) =>
      statementsOf(template, id).some(
        statement => actionsOf(statement).includes(action) && refersTo(statement.Resource).join() === key.id,
      )
        ? [path]
        : [],
    );
  expect(may('kms:GenerateMac').sort()).toEqual(['Page/Role', 'Reviewers/Role']);
  expect(may('kms:VerifyMac')).toEqual(['Links/Answer/Role']);
});

it('links lead to an endpoint that can invoke the command function, and read or write no incident itself', () => {
  const statements = allowed('Links/Answer');
  expect(statements.flatMap(actionsOf).sort()).toEqual([
    'kms:VerifyMac',
    'lambda:InvokeFunction',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
  const invoke = statements.find(statement => actionsOf(statement).includes('lambda:InvokeFunction'));
  expect(refersTo(invoke?.Resource)).toEqual([one('AWS::Lambda::Function', 'Command/Function').id]);
});
