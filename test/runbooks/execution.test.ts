import { FUNCTION_ERROR, MISSING_OUTPUT, type Positions, type RunbookRun, taking, Undocumented } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from '../simulation/world.ts';
import { CERTIFICATE, GIVEN, prepared, short } from '../support/acting-runs.ts';
import { changes, INVOKE, READS, resultIn, run, tap, withOperator } from '../support/executions.ts';

const MINUTE = 60_000;

const documents = Object.values(assembly().template.Resources)
  .filter(({ Type }) => Type === 'AWS::SSM::Document')
  .map(({ Properties: properties }) => ({ name: String(properties['Name']), content: properties['Content'] }));

/** What AWS may do where no document settles it. */
const POSITIONS: Positions[] = [
  taking(MISSING_OUTPUT, 'is left out'),
  ...(['is left out', 'is the selector', 'fails the step'] as const).map(missing => ({
    ...taking(FUNCTION_ERROR, 'is an output'),
    ...taking(MISSING_OUTPUT, missing),
  })),
];

const DEPLOYMENT = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/mockupaws-production/backend';

/** An object that is no longer what its caller judged, and what is said of it. */
const OUTDATED: Record<string, (world: RehearsalWorld) => [parameters: Record<string, string>, said: string]> = {
  'roll-back': ({ service: { deployments } }) => {
    const bad = deployments.latest?.id;
    deployments.deploy(0);
    return [
      { DeploymentArn: `${DEPLOYMENT}/${bad}` },
      `a newer deployment (${deployments.latest?.id}) has taken the place of ${bad}`,
    ];
  },
  'restart-tasks': deployedMeanwhile,
  'raise-memory': deployedMeanwhile,
  'return-to-revision': deployedMeanwhile,
  'scale-service': scaledMeanwhile,
  'scale-up': scaledMeanwhile,
  'raise-max-connections': () => [
    { WriterInstanceId: 'mockupaws-production-1' },
    'mockupaws-production-2 is the writer by now, not mockupaws-production-1',
  ],
  'fail-over-database': () => [
    { WriterInstanceId: 'none', ReaderInstanceId: 'mockupaws-production-1' },
    'mockupaws-production-2 is the writer by now, not none',
  ],
  'restart-redis': () => [
    { PrimaryNodeId: 'mockupaws-production-002' },
    'mockupaws-production-001 is the primary by now, not mockupaws-production-002',
  ],
  'request-replacement': () => [{ CertificateArns: `${CERTIFICATE}/x` }, `not configured: ${CERTIFICATE}/x`],
  'update-certificate': () => [{ CertificateArns: `${CERTIFICATE}/x` }, `not configured: ${CERTIFICATE}/x`],
};

/** A person deploys, a moment before, of which ECS does not tell yet. */
function deployedMeanwhile({ service: { deployments } }: RehearsalWorld): [Record<string, string>, string] {
  deployments.deploy();
  return [{ TaskDefinition: 'backend:41' }, 'it runs backend:42 by now, not backend:41'];
}

/** A person sets another number of tasks, likewise. */
function scaledMeanwhile({ service: { deployments, tasks } }: RehearsalWorld): [Record<string, string>, string] {
  deployments.changing();
  tasks.desired = 8;
  return [{ ExpectedCount: '10' }, 'it is to run 8 tasks by now, not 10'];
}

describe.each(documents)('$name', ({ name, content }) => {
  /** What only reads has no dry run. */
  const mayChange = content.parameters['DryRun'] !== undefined;
  const given = { ...GIVEN[short(name)] };
  const acting = { ...given, DryRun: 'false' };

  it('dry, changes nothing; its function failing, it fails and goes no further, whatever AWS makes of that', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    const dry = await run(world, name, given);
    expect(await resultIn(world, dry)).toMatchObject({ ended: 'succeeded', changed: [] });
    expect(calls.length).toBeGreaterThan(0);
    if (mayChange) expect(changes(calls)).toEqual([]);
    if (!content.parameters['FunctionName']) return;
    for (const position of POSITIONS) {
      world.account.undocumented = new Undocumented(position);
      const made = tap(world, name, { from: 0, inside: true });
      const failed = await run(world, name, acting);
      expect(failed.outcome?.status, JSON.stringify(position)).toBe('Failed');
      const { ended, reason } = await resultIn(world, failed);
      expect(ended).toBe('failed');
      if (position[MISSING_OUTPUT.name] !== 'fails the step') expect(reason).toContain('it broke');
      expect(changes(made)).toEqual([]);
    }
  });

  it('never succeeds while one of its calls fails for good, and changes nothing after that', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    const done = await run(world, name, acting);
    expect(await resultIn(world, done)).toMatchObject({ ended: 'succeeded' });
    // One reading of a kind stands for all of them; each change and each invocation is its own.
    const seen = new Set<string>();
    const distinct = calls.flatMap((call, i) => {
      const key = READS.test(call.operation) ? call.operation : JSON.stringify(call);
      return seen.size < seen.add(key).size ? [[call, i] as const] : [];
    });
    // An investigation says of what it could not see that it could not, and goes on.
    const fatal = distinct.filter(([{ operation }]) => short(name) !== 'investigate' || operation === INVOKE);
    for (const [call, from] of fatal) {
      const other = await prepared(name, POSITIONS[from % POSITIONS.length]);
      const made = tap(other, name, { from });
      const failed = await run(other, name, acting);
      const what = `${call.operation}, call ${from + 1}`;
      expect((await resultIn(other, failed)).ended, what).toBe('failed');
      expect(failed.outcome?.failureMessage, what).toBeTruthy();
      // A write that does the same when it is made twice is tried again.
      const later = changes(made.slice(from + 1)).filter(made => JSON.stringify(made) !== JSON.stringify(call));
      expect(later, what).toEqual([]);
    }
  });

  it('bears that a reading of its own is throttled once', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    await run(world, name, acting);
    const own = calls.findLastIndex(({ operation, input }) =>
      operation === INVOKE ? input['dryRun'] !== 'false' : !content.parameters['FunctionName'] && READS.test(operation),
    );
    if (own < 0) return;
    const other = await prepared(name);
    tap(other, name, { from: own, times: 1 });
    expect(await resultIn(other, await run(other, name, acting))).toMatchObject({ ended: 'succeeded' });
  });

  it.runIf(OUTDATED[short(name)])(
    'ends without any change where its object is another by now, and says why',
    async () => {
      const world = await prepared(name);
      const [parameters, said] = OUTDATED[short(name)]?.(world) ?? [{}, ''];
      const calls = tap(world, name);
      const { outcome, ...ran } = await run(world, name, { ...acting, ...parameters });
      expect(await resultIn(world, { outcome, ...ran } as RunbookRun)).toEqual({
        ...{ ended: 'unchanged', reason: said, changed: [] },
      });
      // A person at the console sees it too.
      expect(outcome).toMatchObject({ status: 'Failed', failureMessage: expect.stringContaining(said) });
      expect(changes(calls)).toEqual([]);
    },
  );
});

it.each(['scale-service', 'scale-up'])('%s, whose answer was lost, goes on and tells what it changed', async scale => {
  const world = await prepared(`mockupaws-production-${scale}`);
  const { invoke } = world.functions;
  let lost = false;
  world.functions.invoke = async (name, event) => {
    const answer = await invoke.call(world.functions, name, event);
    if (lost || (event as { dryRun?: string }).dryRun !== 'false') return answer;
    lost = true;
    return { error: { errorType: 'Error', errorMessage: 'the answer was lost' }, milliseconds: 5 };
  };
  const given = { ...GIVEN[scale], DryRun: 'false', ExpectedCount: '10' };
  const ran = await run(world, `mockupaws-production-${scale}`, given);
  expect(lost).toBe(true);
  const { ended, changed } = await resultIn(world, ran);
  expect(ended).toBe('succeeded');
  expect(changed.join()).toContain(`${GIVEN[scale]?.['DesiredCount']} tasks in place of 10`);
});

describe('in an incident, a runbook that scales for a while and fails', () => {
  // A function that fails without a word may have changed something. The SDK tries three times, and the step as often.
  it.each([0, 1, 6])('at its call %i is a failed step, and is put back as far as it came', async failing => {
    const world = await RehearsalWorld.create(assembly(), 3);
    const name = 'mockupaws-production-scale-service';
    const calls = tap(world, name, { from: failing, times: 9 });
    databaseConnections.inject(world);
    await world.clock.run(60 * MINUTE, () => false);
    const timeline = timelineOf(world);
    const [first] = timeline.filter(({ type, step }) => type === 'StepStarted' && step === 'scale-down');
    expect(calls.length).toBeGreaterThan(failing);
    expect(timeline.find(({ type, run }) => type === 'StepFailed' && run === first?.['run'])?.['reason']).toContain(
      'Rate',
    );
    const undone = timeline.filter(({ type, undoes }) => type === 'StepStarted' && undoes === first?.['run']);
    const verified = timeline.filter(({ type, run }) => type === 'StepSucceeded' && run === undone[0]?.['run']);
    expect([undone.length, verified.length]).toEqual([1, 1]);
    expect([world.service.tasks.desired, world.service.tasks.scalingSuspended]).toEqual([10, false]);
  });
});

describe('a person at the console', () => {
  it('investigates all that any playbook looks at, one line a finding', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { outcome } = await run(world, 'mockupaws-production-investigate', {});
    const { findings } = JSON.parse(String(outcome?.outputs['investigate.Payload']));
    expect(findings[0]).toMatch(/^ok {2}Health: mockupaws.com HTTP 200/);
    expect(findings.filter((line: string) => !line.startsWith('ok'))).toEqual([]);
    expect(world.incidents.size).toBe(0);
  });

  it('tests the service: well when it is well, and failing by name when it is not', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const name = 'mockupaws-production-smoke-test';
    expect((await run(world, name, {})).outcome?.status).toBe('Success');
    world.service.database.startLeak({ application: 'x', state: 'idle', perMinute: 2000, atMost: 2000 });
    await world.clock.run(4 * MINUTE, () => false);
    const { outcome } = await run(world, name, {});
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toMatch(/not well: .*api.mockupaws.com.*HTTP 503.*requests failing: \d+ %/);
  });
});
