import { CloudWatchClient, DescribeAlarmsCommand, ListAlarmMuteRulesCommand } from '@aws-sdk/client-cloudwatch';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { runIncident, useAwsEndpoint } from '../support/command-line.ts';
import { DEPLOYED, deploy, setMinute, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

useResponder({ AUTOMATION_PARAMETER: '/automation', MAINTENANCE_PARAMETER: '/maintenance-until' });
const aws = useAwsEndpoint();
const ssm = mockClient(SSMClient);
const cloudwatch = mockClient(CloudWatchClient);
let parameter = 'none';

beforeEach(() => {
  parameter = 'none';
  ssm.reset();
  ssm
    .on(GetParametersCommand)
    .callsFake(() => ({ Parameters: [{ Name: '/maintenance-until', Value: parameter }] }))
    .on(PutParameterCommand)
    .callsFake(({ Value }) => {
      parameter = Value;
    });
  cloudwatch.reset();
  cloudwatch.on(DescribeAlarmsCommand).resolves({}).on(ListAlarmMuteRulesCommand).resolves({});
});

const maintenance = (...args: string[]) => runIncident(aws, ['maintenance', ...args]);

it('starts a window that says who opened it, until when and why, shows it, and ends it', async () => {
  const { code, out } = await maintenance('start', '1h30m', 'database', 'upgrade');
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/person +the whole service +2026-04-07 11:00 UTC +database upgrade \(ada@/),
  ]);
  expect(parameter).toBe(`${minute(90)} database upgrade (ada@mockupaws.com)`);
  expect((await maintenance()).out).toBe(out);
  expect((await maintenance('end')).out).toBe('The window has ended. No maintenance is in force.');
  expect(parameter).toBe('none');
});

it('longer than a day needs a second word', async () => {
  const refused = await maintenance('start', '26h', 'migration');
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^26 hours .*--longer-than-a-day/)]);
  expect(parameter).toBe('none');
  expect((await maintenance('start', '26h', 'migration', '--longer-than-a-day')).code).toBe(0);
  expect(parameter).toMatch(/^2026-04-08T11:30:00\.000Z migration/);
});

it.each(['2', 'h', '2h?', '0m', 'soon'])('refuses the length %s', async length => {
  expect((await maintenance('start', length, 'upgrade')).code).toBe(2);
});

it('that nobody has started cannot be ended, and what else is in force is named', async () => {
  const page = { url: 'https://status', components: [{ id: 'api', name: 'API', description: '' }] };
  const announced = { id: 'm', title: 'Upgrade', text: '', from: minute(-10), to: minute(10), components: ['api'] };
  await deploy({ ...DEPLOYED, site: { ...page, title: 'Shop', maintenance: [announced] } });
  const { code, err } = await maintenance('end');
  expect([code, err]).toEqual([1, 'no window is open; in force is announcement: Upgrade until 2026-04-07 09:40 UTC']);
  expect((await maintenance()).out).toMatch(/announcement +components api +2026-04-07 09:40 UTC +Upgrade/);
  setMinute(10);
  expect((await maintenance()).out).toBe('No maintenance is in force.');
});

it('says so when mute rules cannot be read', async () => {
  const denied = Object.assign(new Error('User is not authorized'), { name: 'AccessDeniedException' });
  cloudwatch.on(ListAlarmMuteRulesCommand).rejects(denied);
  const mute = 'Not shown: mute rules cannot be read: access denied.';
  expect((await maintenance()).out).toBe(`No maintenance is in force.\n${mute}`);
});
