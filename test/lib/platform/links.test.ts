import { beforeAll, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { actionsOf, refersTo, resources, type Synthesised, statementsOf, synthesise } from '../../support/stack.ts';

let stack: Synthesised;
beforeAll(() => {
  stack = synthesise(config);
});

const all = (type: string) => resources(stack.template, type);
const key = () => all('AWS::KMS::Key').find(({ path }) => path === 'Links/Key');

it('are signed by a key that cannot leave KMS', () => {
  expect(key()?.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
});

it('can be signed by who writes messages, verified by the door, and by nobody both', () => {
  const may = (action: string) =>
    all('AWS::IAM::Role').flatMap(({ id, path }) =>
      statementsOf(stack.template, id).some(
        statement => actionsOf(statement).includes(action) && refersTo(statement.Resource).join() === key()?.id,
      )
        ? [path]
        : [],
    );
  expect(may('kms:GenerateMac').sort()).toEqual(['Page/Role', 'Reviewers/Role']);
  expect(may('kms:VerifyMac')).toEqual(['Links/Answer/Role']);
});

it('lead to a door that can ask the command function, and read or write no incident itself', () => {
  const role = all('AWS::IAM::Role').find(({ path }) => path === 'Links/Answer/Role')?.id ?? '';
  const statements = statementsOf(stack.template, role);
  expect(statements.flatMap(actionsOf).sort()).toEqual([
    'kms:VerifyMac',
    'lambda:InvokeFunction',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
  const invoke = statements.find(statement => actionsOf(statement).includes('lambda:InvokeFunction'));
  const command = all('AWS::Lambda::Function').find(({ path }) => path === 'Command/Function');
  expect(refersTo(invoke?.Resource)).toEqual([command?.id]);
});
