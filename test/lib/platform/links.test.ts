import { expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, stackOf, statementsOf } from '../../support/stack.ts';

const { template } = stackOf(everything);
const { all, one, allowed } = inspect(template);
const key = one('AWS::KMS::Key', 'Links/Key');

it('links are signed by a key that cannot leave KMS', () => {
  expect(key.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
});

it('links can be signed by functions that write messages, verified by those that do what links say, and command alone does both', () => {
  const may = (action: string) =>
    all('AWS::IAM::Role').flatMap(({ id, path }) =>
      statementsOf(template, id).some(
        statement => actionsOf(statement).includes(action) && refersTo(statement.Resource).join() === key.id,
      )
        ? [path]
        : [],
    );
  expect(may('kms:GenerateMac').sort()).toEqual(['Command/Role', 'Page/Role', 'Reviewers/Role']);
  expect(may('kms:VerifyMac').sort()).toEqual(['Command/Role', 'Links/Answer/Role']);
});

it('links lead to an endpoint that can invoke the command function, and read or write no incident itself', () => {
  const statements = allowed('Links/Answer');
  expect(statements.flatMap(actionsOf).sort()).toEqual([
    'kms:VerifyMac',
    'lambda:InvokeFunction',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});

it.each([
  ['link', 'Links/Answer'],
  ['slack', 'Slack'],
  ['pagerduty', 'PagerdutyWebhook'],
  ['opsgenie', 'OpsgenieWebhook'],
])('what listens to %s may invoke the command function by the alias of that name alone', (source, path) => {
  const alias = all('AWS::Lambda::Alias').find(({ properties }) => properties.Name === source);
  expect(alias?.properties).toEqual({
    ...{ Name: source, FunctionVersion: '$LATEST' },
    FunctionName: { Ref: one('AWS::Lambda::Function', 'Command/Function').id },
  });
  const invoked = allowed(path).filter(statement => actionsOf(statement).includes('lambda:InvokeFunction'));
  expect(invoked.map(({ Resource }) => Resource)).toEqual([{ Ref: alias?.id }]);
  const [endpoint] = all('AWS::Lambda::Function').filter(fn => fn.path === `${path}/Function`);
  expect(endpoint?.properties.Environment.Variables.COMMAND_FUNCTION).toEqual({ Ref: alias?.id });
});
