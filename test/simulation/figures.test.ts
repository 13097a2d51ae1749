import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;
const SERVICE = 'mockupaws-production';

const figure = ({ metrics }: RehearsalWorld, name: string, dimensions = {}) =>
  metrics.valuesOf('IncidentResponse', name, { Service: SERVICE, ...dimensions });

/** Minutes between two moments, to a hundredth. */
const minutes = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 600) / 100;

/** The scenario, and somebody who acknowledges ten minutes after it begins. */
const answered = {
  ...databaseConnections,
  inject: (world: RehearsalWorld) => {
    databaseConnections.inject(world);
    world.clock.after(12 * MINUTE, async () => {
      const [incident] = world.incidents.keys();
      const asked = { do: 'act', incident, by: 'ada', via: 'command line', requestId: 'ack' };
      await world.command({ ...asked, act: { type: 'acknowledge' } });
    });
  },
};

it('a rehearsed incident comes out in figures as its timeline tells it, in the metrics, the report and on the dashboard', async () => {
  const { world } = await rehearse(answered, { assembly: assembly(), seed: 5 });
  const at = (type: string) => timelineOf(world).find(entry => entry.type === type)?.at ?? '';
  const [opened] = timelineOf(world);
  const outage = timelineOf(world).find(({ type }) => type === 'OutageMeasured');
  const [began, ended]: string[] = [outage?.['from'], outage?.['to']];
  const expected = {
    MinutesToDetect: [minutes(began ?? '', opened?.at ?? '')],
    MinutesToAcknowledge: [minutes(opened?.at ?? '', at('Acknowledged'))],
    MinutesToMitigate: [minutes(began ?? '', ended ?? '')],
    MinutesToResolve: [minutes(began ?? '', at('Resolved'))],
  };
  for (const [name, values] of Object.entries(expected)) {
    expect(values[0], name).toBeGreaterThan(0);
    expect(figure(world, name), name).toEqual(values);
  }
  expect(figure(world, 'ResponseTargetKept', { Severity: 'P2' })).toEqual([1]);
  expect(figure(world, 'ResolutionTargetKept', { Severity: 'P2' })).toEqual([1]);
  expect(figure(world, 'RunVerified', { Runbook: 'scale-service' })).toEqual([1]);
  expect(figure(world, 'RunVerified', { Runbook: 'kill-idle-connections' })).toEqual([1]);

  const { report } = await world.command({ do: 'report', month: opened?.at.slice(0, 7) });
  expect(report).toMatchObject({
    times: { resolve: { n: 1, p50: expected.MinutesToResolve[0], p90: expected.MinutesToResolve[0] } },
    runbooks: { 'scale-service': { runs: { verified: 1, of: 1 }, undos: { verified: 1, of: 1 } } },
    actionItems: [{ action: 'Review the runbook' }, { action: expect.stringContaining('RDS Proxy') }],
  });

  // Figures by severity and by runbook come with such incidents, and errors of a function when it runs.
  const general = world.dashboards.metrics.filter(({ dimensions: d }) => !d['Severity'] && !d['Runbook']);
  const measured = general.filter(({ namespace }) => namespace === 'IncidentResponse');
  expect(measured.length).toBeGreaterThan(10);
  for (const { namespace, name, dimensions } of measured)
    expect(world.metrics.valuesOf(namespace, name, dimensions).length, name).toBeGreaterThan(0);
  const functions = world.account.ofType('AWS::Lambda::Function').map(({ ref }) => ref);
  for (const { dimensions } of general.filter(metric => !measured.includes(metric)))
    expect(functions).toContain(dimensions['FunctionName']);
  const alarms = world.account.ofType('AWS::CloudWatch::Alarm').map(({ arn }) => arn);
  expect(world.dashboards.alarms.toSorted()).toEqual(alarms.toSorted());
});

it('a dashboard that CloudWatch would refuse is refused here', async () => {
  const altered = assembly();
  const dashboards = Object.values(altered.template.Resources).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Dashboard',
  );
  for (const { Properties: properties } of dashboards) properties['DashboardBody'] = '{"widgets": [';
  expect(dashboards).toHaveLength(1);
  await expect(RehearsalWorld.create(altered, 1)).rejects.toThrow(
    /dashboard mockupaws-production-incident-response.*no JSON/,
  );
});
