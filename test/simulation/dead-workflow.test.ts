import type { Assembly, Properties } from 'embedded-aws';
import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;
const TOO_LARGE = 256 * 1024;

/** The app, and somebody who may stop its executions. */
function withPerson(): Assembly {
  const altered = assembly();
  altered.template.Resources['Person'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [
        { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'states:StopExecution', Resource: '*' }] } },
      ],
    },
  };
  return altered;
}

/** The app with its state machine's definition changed. */
function withDefinition(from: string, to: string): Assembly {
  const altered = assembly();
  const machine = Object.values(altered.template.Resources).find(
    ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
  )?.Properties as Properties;
  const before = JSON.stringify(machine['DefinitionString']);
  const after = before.replace(from, () => to);
  expect(after).not.toBe(before);
  machine['DefinitionString'] = JSON.parse(after);
  return altered;
}

const acts = (world: RehearsalWorld) =>
  timelineOf(world).some(({ type, dryRun }) => type === 'StepStarted' && dryRun === false);

/** A world in which a runbook has been running for some seconds, in a workflow that dies of something. */
async function died(altered: Assembly, kill: (world: RehearsalWorld) => unknown): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(altered, 3);
  // No task stops: the runbook waits for them.
  world.service.tasks.tick = () => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  let status: unknown;
  world.account.listen(({ type, ...told }) => {
    if (type !== 'workflow' || told['status'] === 'RUNNING') return;
    status = told['status'];
    resolve();
  });
  databaseConnections.inject(world);
  await world.clock.run(20 * MINUTE, () => acts(world));
  await world.clock.run(MINUTE / 2, () => false);
  await kill(world);
  await world.clock.run(125 * MINUTE, () => status !== undefined);
  await promise;
  return world;
}

it.each<[string, () => Assembly, (world: RehearsalWorld) => unknown, string]>([
  [
    'is stopped by somebody',
    withPerson,
    ({ account, clock, incidents }) => {
      const role = account.ofType('AWS::IAM::Role').find(({ logicalId }) => logicalId === 'Person')?.arn ?? '';
      const [machine] = account.ofType('AWS::StepFunctions::StateMachine');
      const [id] = incidents.keys();
      const executionArn = `${machine?.arn.replace(':stateMachine:', ':execution:')}:${id}-1`;
      clock.after(0, () => account.call({ role, name: 'ada' }, 'states', 'StopExecution', { executionArn }));
    },
    'its execution was stopped',
  ],
  [
    'is given an answer that is larger than a state may be, which nothing catches',
    assembly,
    ({ account }) => {
      const call = account.call.bind(account);
      account.call = async (caller, service, operation, input) => {
        const answer = (await call(caller, service, operation, input)) as { AutomationExecution?: object };
        if (operation === 'GetAutomationExecution' && caller.name === 'response')
          return { AutomationExecution: { ...answer.AutomationExecution, FailureMessage: 'x'.repeat(TOO_LARGE) } };
        return answer;
      };
    },
    'States.DataLimitExceeded',
  ],
  [
    'selects what is not there, which nothing catches',
    () => withDefinition('\\"Variable\\":\\"$.observed.status', '\\"Variable\\":\\"$.observed.absent'),
    () => undefined,
    'States.Runtime',
  ],
  [
    'takes longer than it may',
    () => withDefinition('\\"TimeoutSeconds\\":7200', '\\"TimeoutSeconds\\":300'),
    () => undefined,
    'States.Timeout',
  ],
])('a workflow that %s hands over within a minute, and what its runbook changed is told', async (_, app, kill, why) => {
  const world = await died(app(), kill);
  await world.clock.run(MINUTE, () => false);
  const [handedOver] = timelineOf(world).filter(({ type }) => type === 'HandedOver');
  expect(handedOver?.['reason']).toContain('the automatic response failed');
  expect(handedOver?.['reason']).toContain(why);
  expect(world.topics.messages.some(({ subject }) => subject.includes('NEEDS YOU'))).toBe(true);
  await world.clock.run(20 * MINUTE, () => false);
  const [stopped] = timelineOf(world).filter(({ type }) => type === 'ExecutionStopped');
  expect(stopped?.['changed'].join()).toMatch(/suspended|tasks/);
});
