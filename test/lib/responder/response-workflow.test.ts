import { describe, expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, stackOf, statementsOf } from '../../support/stack.ts';

interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
  MaxAttempts: number;
}

/** Minutes for which an error is repeated before the workflow gives up. */
const minutesOf = ({ IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier) =>
  Array.from({ length: MaxAttempts }, (_, i) => Math.min(IntervalSeconds * BackoffRate ** i, MaxDelaySeconds)).reduce(
    (sum, seconds) => sum + seconds,
    0,
  ) / 60;

const { template } = stackOf(everything);
const { all, one, roleOf } = inspect(template);

describe('the response workflow', () => {
  const { properties } = one('AWS::StepFunctions::StateMachine', 'Response/StateMachine');
  const text: string = properties.DefinitionString['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : refersTo(part)[0]))
    .join('');
  const definition = JSON.parse(text);
  const tasks: [string, { Catch?: unknown; Retry?: Retrier[]; Type: string }][] = Object.entries<{
    Type: string;
  }>(definition.States).filter(([, { Type }]) => Type === 'Task');

  it('logs to a group that needs no room in the resource policy of CloudWatch Logs', () => {
    for (const { path, properties } of all('AWS::StepFunctions::StateMachine')) {
      const destinations: unknown[] = properties.LoggingConfiguration.Destinations;
      const groups = all('AWS::Logs::LogGroup').filter(({ id }) => refersTo(destinations).includes(id));
      expect(groups, path).toHaveLength(destinations.length);
      for (const { properties } of groups)
        expect(properties.LogGroupName, path).toMatch(/^\/aws\/vendedlogs\/states\/./);
    }
  });

  it('is logged in full, traced, bounded, and written in JSONPath', () => {
    expect(properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    expect(definition.TimeoutSeconds).toBe(7200);
    expect(text).not.toContain('JSONata');
  });

  it('hands over to a person whatever fails, after another try', () => {
    expect(tasks.length).toBeGreaterThan(5);
    for (const [name, task] of tasks) {
      expect(
        task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals),
        name,
      ).toContain('States.TaskFailed');
      const handsOver = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Hand over' };
      if (name !== 'Hand over') expect(task.Catch, name).toEqual([handsOver]);
    }
  });

  it.each<readonly [string, number]>([
    ...['Diagnose', 'Classify', 'Choose step'].map(name => [name, 3] as const),
    ['Start runbook', 5],
    ...['Note execution', 'Read runbook', 'Verify', 'Hand over'].map(name => [name, 20] as const),
  ])('repeats "%s" for %i minutes, and at least twice a minute', (name, minutes) => {
    const retry = definition.States[name].Retry as Retrier[];
    const passing = retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
    expect(passing.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['States.TaskFailed']]);
    expect(passing.map(minutesOf)).toEqual([minutes]);
    expect(passing[0]?.MaxDelaySeconds).toBeLessThanOrEqual(30);
  });

  it('starts a runbook once, whatever answer is lost, and does not repeat what was refused', () => {
    const { Parameters, Retry } = definition.States['Start runbook'];
    expect(Parameters['ClientToken.$']).toBe('$.plan.returned.clientToken');
    expect(Retry[0]).toMatchObject({ MaxAttempts: 0 });
    expect(Retry[0].ErrorEquals).toContain('Ssm.InvalidAutomationExecutionParametersException');
  });

  it('may run exactly the runbooks of the playbooks, and pass exactly their roles', () => {
    const statements = statementsOf(template, roleOf(properties.RoleArn));
    const on = (action: string) => statements.filter(statement => actionsOf(statement).includes(action));
    const documents = all('AWS::SSM::Document').filter(({ path }) => !path.startsWith('Console/'));
    const startable = JSON.stringify(on('ssm:StartAutomationExecution').map(({ Resource }) => Resource));
    const names = [...startable.matchAll(/:(?:document|automation-definition)\/([^":]+)/g)].map(([, name]) => name);
    expect([...new Set(names)].sort()).toEqual(documents.map(({ properties }) => properties.Name).sort());
    const roles = documents.map(({ properties }) => roleOf(properties.Content.parameters.AutomationAssumeRole.default));
    expect(refersTo(on('iam:PassRole').map(({ Resource }) => Resource)).sort()).toEqual(roles.sort());
    expect(on('iam:PassRole')[0]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } });
    const invoked = on('lambda:InvokeFunction').flatMap(({ Resource }) => refersTo(Resource));
    expect(invoked.every(id => text.includes(id))).toBe(true);
  });
});
