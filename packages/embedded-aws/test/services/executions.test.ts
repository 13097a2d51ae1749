import { expect, it } from 'vitest';
import { type Properties, World } from '../../src/index.ts';

const resource = (Type: string, properties: Properties) => ({ Type, Properties: properties });
const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
const detailType = 'Step Functions Execution Status Change';

/** A world with a state machine, and a queue to which a rule sends how its executions end. */
async function running(states: object, more: object = {}) {
  const definition = { StartAt: 'A', States: states, ...more };
  const template = {
    Resources: {
      Role: resource('AWS::IAM::Role', {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [{ PolicyDocument: { Statement } }],
      }),
      Machine: resource('AWS::StepFunctions::StateMachine', {
        StateMachineName: 'Machine',
        DefinitionString: JSON.stringify(definition),
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      }),
      Rule: resource('AWS::Events::Rule', {
        EventPattern: {
          source: ['aws.states'],
          'detail-type': [detailType],
          detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
        },
        Targets: [],
      }),
    },
  };
  const world = await World.deploy({ name: 'Stack', directory: '', region: 'us-east-1', template });
  const put = world.buses.put.bind(world.buses);
  const events: unknown[] = [];
  world.buses.put = event => {
    const rules = put(event);
    if (rules.length > 0) events.push(event);
    return rules;
  };
  const [role] = world.account.ofType('AWS::IAM::Role');
  const call = (operation: string, input: object) =>
    world.account.call({ name: 'caller', role: role?.arn ?? '' }, 'states', operation, input);
  const machine = world.account.ofType('AWS::StepFunctions::StateMachine')[0]?.arn;
  await call('StartExecution', { stateMachineArn: machine, name: 'one', input: '{"a":1}' });
  const executionArn = `${machine?.replace(':stateMachine:', ':execution:')}:one`;
  return { world, call, events, executionArn };
}

const WAIT = { A: { Type: 'Wait', Seconds: 600, End: true } };

it.each<[string, object, object, object]>([
  ['SUCCEEDED', WAIT, {}, {}],
  [
    'FAILED',
    { A: { Type: 'Fail', Error: 'Spoilt', Cause: 'It was spoilt' } },
    {},
    { error: 'Spoilt', cause: 'It was spoilt' },
  ],
  ['TIMED_OUT', WAIT, { TimeoutSeconds: 60 }, { error: 'States.Timeout' }],
])('an execution that ends as %s is told to the rules of EventBridge', async (status, states, more, why) => {
  const { world, events, executionArn } = await running(states, more);
  await world.clock.run(700_000);
  expect(events).toMatchObject([
    {
      ...{ source: 'aws.states', 'detail-type': detailType, resources: [executionArn] },
      detail: { status, name: 'one', executionArn, input: '{"a":1}', ...why },
    },
  ]);
});

it('an execution that somebody stops is ABORTED, once, and nothing of it follows', async () => {
  const { world, call, events, executionArn } = await running({
    ...WAIT,
    A: { ...WAIT.A, End: undefined, Next: 'B' },
    B: { Type: 'Fail' },
  });
  await world.clock.run(60_000);
  for (let i = 0; i < 2; i++) await call('StopExecution', { executionArn, error: 'Enough', cause: 'it is enough' });
  await world.clock.run(700_000);
  expect(events).toMatchObject([{ detail: { status: 'ABORTED', error: 'Enough', cause: 'it is enough' } }]);
  await expect(
    call('StopExecution', { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:another:one' }),
  ).rejects.toThrow('Execution Does Not Exist');
});
