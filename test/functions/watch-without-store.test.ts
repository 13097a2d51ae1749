import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DirectPaging } from '../../lambda/domain/on-call/direct-page.ts';
import { handler } from '../../lambda/functions/watch/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { client } from '../../lambda/store/table.ts';
import { useTopics, useWorkflows } from '../support/aws-mocks.ts';
import { useFlakyTable } from '../support/flaky-table.ts';
import type { TableCommand } from '../support/memory-table.ts';
import { ALARM, committed, invoke, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { minute, START } from '../support/story.ts';

const HEARTBEAT = 'https://hc.example.com/secret-token';
const PAGING: DirectPaging = {
  ...{ title: 'mockupAWS', region: 'us-east-1', remindMinutes: 10, dashboard: 'https://example.com/dashboard' },
  levels: [
    { role: 'On-call engineer', afterMinutes: 0, people: ['ada', 'ben'] },
    { role: 'Senior engineer', afterMinutes: 15, people: ['cleo'] },
  ],
};

const responder = useResponder({
  ...{ RESPONSE_STATE_MACHINE: 'arn:response', DIRECT_PAGING: JSON.stringify(PAGING), HEARTBEAT_URL: HEARTBEAT },
  LEVEL_TOPICS: 'arn:level-1,arn:level-2',
  MAINTENANCE_PARAMETER: 'until',
});
const table = useFlakyTable(responder);
const cloudwatch = mockClient(CloudWatchClient);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
const ecs = mockClient(ECSClient);
const ssm = mockClient(SSMClient);
const { workflows } = useWorkflows();
const { sns, messages } = useTopics();
let requested: string[] = [];

const red = (AlarmName: string, at = START, reason = 'Threshold Crossed') => ({
  ...{
    AlarmName,
    AlarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${AlarmName}`,
    AlarmDescription: `${AlarmName.split('/').at(-1)} is red`,
    StateReason: reason,
  },
  ...{ StateValue: 'ALARM' as const, StateTransitionedTimestamp: new Date(at) },
});

beforeEach(() => {
  cloudwatch.reset();
  tagging.reset();
  ssm.reset();
  ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: 'until', Value: 'none' }] });
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  cloudwatch
    .on(DescribeAlarmsCommand, { StateValue: 'ALARM' })
    .callsFake(() => ({ MetricAlarms: [red(ALARM, new Date().toISOString())] }));
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [] });
  ecs.on(DescribeServicesCommand).resolves({ services: [{ desiredCount: 10, runningCount: 10 }] });
  requested = [];
  vi.stubGlobal('fetch', async (url: string) => {
    requested.push(String(url));
    return new Response();
  });
});

const away = () => {
  table.fates = Array(200).fill('lost');
};
const watch = (time?: string) => invoke(handler, { 'detail-type': 'Scheduled Event', ...(time ? { time } : {}) });
const watchAway = (time?: string) => {
  away();
  return watch(time);
};
const paged = () =>
  messages().map(({ TopicArn, MessageAttributes }) => [TopicArn, MessageAttributes?.['person']?.StringValue]);

describe('the watch without its store', () => {
  it('pages who is on call at the level that is due, and fails, so that its own alarm tells of it', async () => {
    await expect(watchAway()).rejects.toThrow();
    expect(paged()).toEqual([
      ['arn:level-1', 'ada'],
      ['arn:level-1', 'ben'],
    ]);
    const [{ Message = '', MessageAttributes } = {}] = messages();
    expect(MessageAttributes?.['urgency']?.StringValue).toBe('page');
    expect(JSON.parse(Message)).toMatchObject({
      sms: expect.stringContaining('RED since 09:30 UTC: database-connections-critical is red: Threshold Crossed.'),
    });
  });

  it('pages once in a minute, however often it is invoked, and not in a minute that is nobody’s', async () => {
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: [red(ALARM)] });
    for (const minutes of [20, 20.2, 21, 24, 25]) {
      setMinute(minutes);
      await expect(watchAway()).rejects.toThrow();
    }
    expect(paged()).toEqual([
      ['arn:level-1', 'ada'],
      ['arn:level-1', 'ben'],
      ['arn:level-2', 'cleo'],
    ]);
  });

  it('pages nobody in the first minute in which the store is away: what was red before it has its incident', async () => {
    setMinute(34);
    await watch();
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: [red(ALARM)] });
    for (const minutes of [35, 45]) {
      setMinute(minutes);
      await expect(watchAway()).rejects.toThrow();
      expect(paged().map(([topic]) => topic)).toEqual(minutes === 35 ? [] : ['arn:level-2']);
    }
  });

  it('pages nobody for a minute that is over: a repeated invocation comes late', async () => {
    setMinute(40);
    away();
    await expect(watch(minute(38.9))).rejects.toThrow();
    expect(paged()).toEqual([]);
  });

  it('knows alarms of users by their tags, and leaves out others, warnings and drills', async () => {
    setMinute(50);
    const [mine, warning] = ['shop-errors', 'shop-latency'];
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({
      MetricAlarms: [red('other'), red(warning), red(ALARM, minute(49), '[DRILL] by ada')],
      CompositeAlarms: [red(mine, minute(48))],
    });
    tagging.on(GetResourcesCommand).resolves({
      ResourceTagMappingList: [
        { ResourceARN: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${mine}`, Tags: [] },
        {
          ResourceARN: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${warning}`,
          Tags: [{ Key: 'incident:level', Value: 'warning' }],
        },
      ],
    });
    await expect(watchAway()).rejects.toThrow();
    const { default: body } = JSON.parse(messages()[0]?.Message ?? '{}');
    expect(body).toContain(`! ${mine} is red: Threshold Crossed, since 2026-04-07 10:18 UTC`);
    expect(body).toContain(`- ${warning} is red`);
    expect(body).not.toMatch(/other is red|database-connections/);
    expect(
      cloudwatch.commandCalls(DescribeAlarmsCommand, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    ).toHaveLength(1);
  });

  it('says that it can see nothing when CloudWatch is away as well', async () => {
    setMinute(60);
    cloudwatch.on(DescribeAlarmsCommand).rejects(new Error('ServiceUnavailable'));
    await expect(watchAway()).rejects.toThrow();
    expect(JSON.parse(messages()[0]?.Message ?? '{}').sms).toContain('CloudWatch does not answer');
  });

  it('pages by the names of alarms when tags cannot be read', async () => {
    setMinute(70);
    tagging.on(GetResourcesCommand).rejects(new Error('ServiceUnavailable'));
    await expect(watchAway()).rejects.toThrow();
    expect(paged()).toContainEqual(['arn:level-1', 'ada']);
  });

  it('is without it while it cannot read under which policy an incident would open', async () => {
    vi.stubEnv('SERVICE', 'checkout');
    const Item = { pk: 'service/checkout', sk: '-', version: 1, deployment: 'lost', requests: [] };
    await client.send(new PutCommand({ TableName: process.env['INCIDENTS_TABLE'], Item }));
    cloudwatch
      .on(DescribeAlarmsCommand, { StateValue: 'ALARM' })
      .resolves({ MetricAlarms: [red('incident-response/checkout/errors', minute(77))] });
    setMinute(80);
    await expect(watch()).rejects.toThrow('there is no deployment/lost');
    expect(paged()).toContainEqual(['arn:level-1', 'ada']);
    expect(JSON.parse(messages()[0]?.Message ?? '{}').sms).toContain('errors is red');
  });

  it.each([
    ['GetCommand', false],
    ['PutCommand', false],
    ['UpdateCommand', false],
    ['QueryCommand', false],
    ['QueryCommand', true],
  ])(
    'pages when one kind of call alone is refused, and no incident opens: %s, of an index: %s',
    async (kind, ofIndex) => {
      // A process that has not read anything yet: what another one remembers serves on.
      vi.resetModules();
      const { handler: cold } = await import('../../lambda/functions/watch/handler.ts');
      const { client } = await import('../../lambda/store/table.ts');
      vi.spyOn(client, 'send').mockImplementation(async command => {
        const { input } = command as TableCommand;
        if (command.constructor.name === kind && 'IndexName' in input === ofIndex) throw new Error('refused');
        return responder.send(command as TableCommand);
      });
      setMinute(130);
      const alarm = red(ALARM, minute(125));
      cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: [alarm] });
      await expect(invoke(cold, { 'detail-type': 'Scheduled Event' })).rejects.toThrow('refused');
      expect((await openIncidents()).incidents).toEqual([]);
      expect(paged()).toContainEqual(['arn:level-1', 'ada']);
    },
  );

  describe('leaves in peace whom maintenance does', () => {
    const pagedIn = async (minutes: number, ...alarms: ReturnType<typeof red>[]) => {
      setMinute(minutes);
      cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: alarms });
      await expect(watchAway()).rejects.toThrow();
      return paged().length;
    };
    const window = (Value: string) => ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: 'until', Value }] });

    it('in a window that a person has opened, until it ends', async () => {
      window(minute(205));
      expect(await pagedIn(200, red(ALARM, minute(199)))).toBe(0);
      expect(await pagedIn(210, red(ALARM, minute(199)))).toBeGreaterThan(0);
    });

    it('where a mute rule covers the alarm, and not another one', async () => {
      cloudwatch.on(ListAlarmMuteRulesCommand).resolves({
        AlarmMuteRuleSummaries: [
          { AlarmMuteRuleArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:deploy' },
        ],
      });
      cloudwatch.on(GetAlarmMuteRuleCommand).resolves({ MuteTargets: { AlarmNames: [ALARM] } });
      expect(await pagedIn(220, red(ALARM, minute(219)))).toBe(0);
      expect(await pagedIn(230, red(ALARM, minute(219)), red(`${ALARM}-2`, minute(229)))).toBeGreaterThan(0);
      expect(JSON.parse(messages()[0]?.Message ?? '{}').default).not.toContain(`(${ALARM})`);
    });

    it('where a composite alarm is suppressed', async () => {
      const suppressed = { ActionsSuppressedBy: 'Alarm', ActionsSuppressedReason: 'deployment' };
      expect(await pagedIn(240, { ...red(ALARM, minute(239)), ...suppressed })).toBe(0);
    });

    it('and nobody because maintenance cannot be read', async () => {
      ssm.on(GetParametersCommand).rejects(new Error('InternalError'));
      cloudwatch.on(ListAlarmMuteRulesCommand).rejects(new Error('InternalError'));
      expect(await pagedIn(250, red(ALARM, minute(249)))).toBeGreaterThan(0);
    });
  });

  it('is not without it because the work on one incident fails', async () => {
    setMinute(115);
    await receive(signal(), policyOf());
    setMinute(120);
    workflows.on(StartExecutionCommand).rejects(new Error('StateMachineDeleting'));
    await expect(watch()).rejects.toThrow('StateMachineDeleting');
    expect(paged()).toEqual([]);
  });
});

describe('the heartbeat', () => {
  const beats = () => requested.filter(url => url === HEARTBEAT).length;

  it('says that the watch has reached the store, or people', async () => {
    setMinute(90);
    await watch();
    expect(beats()).toBe(1);
    setMinute(100);
    await expect(watchAway()).rejects.toThrow();
    expect([paged().length, beats()]).toEqual([2, 2]);
  });

  it('is missing when people cannot be reached either', async () => {
    setMinute(130);
    sns.on(PublishCommand).rejects(new Error('InternalError'));
    await expect(watchAway()).rejects.toThrow('InternalError');
    expect(beats()).toBe(0);
  });

  it('stays missing in the minutes in which nobody is due, until a page reaches people or the store is back', async () => {
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: [red(ALARM, minute(140))] });
    sns.on(PublishCommand).rejects(new Error('InternalError'));
    const beatsAt = async (minutes: number) => {
      setMinute(minutes);
      away();
      await watch().catch(() => undefined);
      return beats();
    };
    for (const minutes of [140, 141, 144, 149]) expect(await beatsAt(minutes)).toBe(0);
    sns.on(PublishCommand).resolves({});
    expect(await beatsAt(149.5)).toBe(0);
    expect(await beatsAt(150)).toBe(1);
    expect(await beatsAt(151)).toBe(2);
    sns.on(PublishCommand).rejects(new Error('InternalError'));
    expect(await beatsAt(160)).toBe(2);
    setMinute(161);
    table.fates = [];
    await watch();
    expect(beats()).toBe(3);
    expect(await beatsAt(162)).toBe(4);
  });

  it.each(['refused', 'half an answer'])('is missing while the alarms cannot be read: %s', async how => {
    setMinute(170);
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).callsFake(({ NextToken }) => {
      if (how === 'refused' || NextToken) throw new Error('ServiceUnavailable');
      return { MetricAlarms: [], NextToken: '2' };
    });
    await expect(watch()).rejects.toThrow('ServiceUnavailable');
    expect(beats()).toBe(0);
    expect(paged()).toEqual([]);
  });

  it('is missing from ten minutes after a call on, until somebody in the level was sent a page', async () => {
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).resolves({ MetricAlarms: [] });
    setMinute(300);
    await receive(signal({ at: minute(300) }), policyOf());
    const beatAt = async (minutes: number) => {
      setMinute(minutes);
      requested = [];
      await watch();
      return beats();
    };
    expect([await beatAt(309), await beatAt(310)]).toEqual([1, 0]);
    const page = { level: 1, urgency: 'page', about: 3, subject: 'P2', to: 'ada' } as const;
    await committed({ type: 'record page', id: 'page', ...page });
    expect([await beatAt(311), await beatAt(315)]).toEqual([1, 1]);
    expect((await stored()).escalation?.level).toBe(2);
    expect(await beatAt(326)).toBe(0);
    expect(paged()).toEqual([]);
  });

  it('harms nothing when nobody accepts it, and its URL is not logged', async () => {
    setMinute(111);
    vi.stubGlobal('fetch', async () => {
      throw new TypeError(`fetch failed: ${HEARTBEAT}`);
    });
    const logged = vi.spyOn(console, 'error');
    await watch();
    expect(JSON.stringify(logged.mock.calls)).toContain('heartbeat');
    expect(JSON.stringify(logged.mock.calls)).not.toContain('secret-token');
  });
});
