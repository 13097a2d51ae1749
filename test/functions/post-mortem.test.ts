import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricWidgetImageCommand,
} from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { alarmLabel } from '../../lambda/domain/incident/signal.ts';
import { RUNBOOK_CRITERIA } from '../../lambda/domain/kernel/severity.ts';
import { handler } from '../../lambda/functions/post-mortem/handler.ts';
import { useBucket } from '../support/bucket.ts';
import {
  ALARM,
  busEvent,
  committed,
  deploy,
  invoke,
  lastEvent,
  setMinute,
  stored,
  useResponder,
} from '../support/responder.ts';
import { REVIEWED_ID, resolvedIncident } from '../support/reviewed.ts';
import { minute, of, types } from '../support/story.ts';

useResponder({ REVIEWS_BUCKET: 'reviews', REVIEWERS: 'cleo,dora', REVIEW_GUESTS: 'finn' });
const { stored: files, s3 } = useBucket();
const cloudwatch = mockClient(CloudWatchClient);
const FOLDER = `reviews/${REVIEWED_ID}/`;
const PNG = Buffer.from('89504e47', 'hex');

const minutes = Array.from({ length: 60 }, (_, i) => i - 30);
const failed = (at: number) => (at === 3 ? 62 : at >= 2 && at < 8 ? 40 : 0);
const series = (Id: string, value: (at: number) => number) => ({
  ...{ Id, Timestamps: minutes.map(at => new Date(minute(at))), Values: minutes.map(value) },
});
/** Of a hundred requests a minute none failed, but 62 in minute 3, and 40 in the others from minute 2 to 7. */
const METRICS = {
  MetricDataResults: [series('requests', () => 100), series('errors', failed), series('failing', () => 0)],
};

beforeEach(async () => {
  const addresses = Object.fromEntries(['ada', 'cleo', 'dora', 'finn'].map(name => [name, `${name}@example.com`]));
  await deploy({ contacts: { addresses, subscribers: [] } });
  cloudwatch.reset();
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [
      {
        ...{
          AlarmName: ALARM,
          AlarmDescription: 'Connections',
          Namespace: 'AWS/RDS',
          MetricName: 'DatabaseConnections',
        },
        ...{ Dimensions: [{ Name: 'Role', Value: 'WRITER' }], Statistic: 'Average', Period: 60, Threshold: 1635 },
      },
    ],
  });
  cloudwatch.on(GetMetricWidgetImageCommand).resolves({ MetricWidgetImage: PNG });
  cloudwatch.on(GetMetricDataCommand).resolves(METRICS);
});

const hear = async () => invoke(handler, await lastEvent('Resolved'));
const names = () => [...files.keys()].map(key => key.replace(FOLDER, ''));
const document = () => String(files.get(`${FOLDER}post-mortem.md`));
const widgets = () =>
  cloudwatch
    .commandCalls(GetMetricWidgetImageCommand)
    .map(({ args: [{ input }] }) => JSON.parse(input.MetricWidget ?? ''));

describe('when a P1 or P2 is resolved', () => {
  it('the post-mortem is drafted with pictures and invitation, and the incident has its address and people', async () => {
    await resolvedIncident();
    expect(await hear()).toMatchObject({ drafted: true, pictures: 2 });
    const pictures = ['1-requests-that-failed.png', `2-${ALARM.replaceAll('/', '-')}.png`];
    expect(names()).toEqual([...pictures, 'invitation.ics', 'post-mortem.md']);
    for (const name of pictures) expect(document()).toContain(`](${name})`);
    const [draft] = of((await stored()).timeline, 'PostMortemDrafted');
    expect(draft).toMatchObject({
      url: `https://us-east-1.console.aws.amazon.com/s3/object/reviews?region=us-east-1&prefix=${FOLDER}post-mortem.md`,
      author: 'ada',
      meeting: { at: '2026-04-07T14:00:00.000Z', attendees: ['ada', 'cleo', 'dora'], guests: ['finn'] },
    });
    const types = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input.ContentType);
    expect(new Set(types)).toEqual(
      new Set(['image/png', 'text/calendar; charset=utf-8', 'text/markdown; charset=utf-8']),
    );
  });

  it('the outage is read from the metrics: start, end and worst minute', async () => {
    await resolvedIncident();
    await hear();
    expect(of((await stored()).timeline, 'OutageMeasured')).toEqual([
      expect.objectContaining({
        ...{ from: minute(2), to: minute(8) },
        worst: { at: minute(3), share: 0.62, of: 'requests' },
      }),
    ]);
    const [asked] = cloudwatch.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => input);
    expect([asked?.StartTime, asked?.EndTime]).toEqual([new Date(minute(-30)), new Date(minute(30))]);
    expect(asked?.MetricDataQueries?.map(({ MetricStat }) => MetricStat?.Period)).toEqual(Array(8).fill(60));
    expect(document()).toContain('| Duration | 6 minutes (09:32 to 09:38 UTC), by the metrics |');
    expect(document()).toContain('Measured: at worst (09:33 UTC) 62 % of requests failed.');
    expect(document()).toContain('6 minutes of downtime: 09:32 to 09:38 UTC, by the metrics.');
  });

  it('addresses are in the invitation alone', async () => {
    await resolvedIncident();
    await committed({ type: 'note', id: 'note', by: 'Cleo@example.com', text: 'looked' });
    await hear();
    const invitation = String(files.get(`${FOLDER}invitation.ics`)).replace(/\r\n /g, '');
    expect(invitation.toLowerCase()).toContain('mailto:ada@example.com');
    expect(document()).toContain('cleo: looked');
    expect(document()).not.toMatch(/@example\.com/i);
    expect(JSON.stringify(of((await stored()).timeline, 'PostMortemDrafted'))).not.toContain('@');
  });

  it('the pictures show half an hour more before and after, as far as it has passed', async () => {
    await resolvedIncident();
    await hear();
    expect(widgets().map(({ start, end }) => [start, end])).toEqual(Array(2).fill([minute(-30), minute(33)]));
    expect(widgets()[1]).toMatchObject({
      metrics: [['AWS/RDS', 'DatabaseConnections', 'Role', 'WRITER', { stat: 'Average' }]],
      annotations: { horizontal: [{ value: 1635 }] },
    });
  });

  it('a draft that exists is not replaced: on a repeated event, later, or after an edit', async () => {
    await resolvedIncident();
    await hear();
    files.set(`${FOLDER}post-mortem.md`, Buffer.from('edited'));
    setMinute(600);
    expect(await hear()).toMatchObject({ drafted: false });
    expect(document()).toBe('edited');
    expect(of((await stored()).timeline, 'PostMortemDrafted')).toHaveLength(1);
  });

  it('a draft written before a crash is recorded, and not overwritten', async () => {
    await resolvedIncident();
    files.set(`${FOLDER}post-mortem.md`, Buffer.from('edited meanwhile'));
    expect(await hear()).toMatchObject({ drafted: true });
    expect(document()).toBe('edited meanwhile');
    expect(of((await stored()).timeline, 'PostMortemDrafted')).toHaveLength(1);
  });
});

describe('a post-mortem is drafted without, and names,', () => {
  it('a picture that CloudWatch does not draw', async () => {
    cloudwatch
      .on(GetMetricWidgetImageCommand)
      .rejectsOnce(Object.assign(new Error('x'), { name: 'Throttling' }))
      .resolves({ MetricWidgetImage: PNG });
    await resolvedIncident();
    expect(await hear()).toMatchObject({ drafted: true, pictures: 1 });
    expect(document()).toContain('Requests that failed, per cent: not drawn, CloudWatch did not give it (Throttling)');
  });

  it('an alarm that does not exist any more', async () => {
    await resolvedIncident();
    cloudwatch.on(DescribeAlarmsCommand).resolvesOnce({ MetricAlarms: [] });
    await hear();
    expect(document()).toContain(`${alarmLabel(ALARM)}: not drawn, CloudWatch did not say what it watches`);
  });

  it('the metrics while CloudWatch is down', async () => {
    cloudwatch.reset();
    cloudwatch.rejects(Object.assign(new Error('it is down'), { name: 'ServiceUnavailable' }));
    await resolvedIncident();
    expect(await hear()).toMatchObject({ drafted: true, pictures: 0 });
    expect(document()).toContain('Not known: CloudWatch did not answer (ServiceUnavailable). By the signals it lasted');
    expect(document()).toContain('at least 40 % of requests failed');
    expect(names()).toEqual(['invitation.ics', 'post-mortem.md']);
  });

  it('a review meeting that nobody can attend', async () => {
    await deploy();
    await resolvedIncident();
    await hear();
    expect(names()).not.toContain('invitation.ics');
    expect(document()).toContain('| Review meeting | _[to be filled in: when]_ |');
  });
});

it('the post-mortem function fails when the bucket is down, records no draft, and succeeds when tried again', async () => {
  s3.on(PutObjectCommand).rejectsOnce(new Error('SlowDown'));
  await resolvedIncident();
  await expect(hear()).rejects.toThrow('SlowDown');
  expect(types((await stored()).timeline)).not.toContain('PostMortemDrafted');
  expect(await hear()).toMatchObject({ drafted: true });
});

it.each<[string, Parameters<typeof resolvedIncident>]>([
  ['a drill', [{ drill: true }]],
  ['a cancelled incident', [{}, {}, { cancelled: true }]],
])('the post-mortem function drafts nothing for %s', async (_, given) => {
  await resolvedIncident(...given);
  expect(await hear()).toMatchObject({ drafted: false });
  expect(files.size).toBe(0);
  expect(cloudwatch.calls()).toHaveLength(0);
});

/** Whatever fails makes a P3. */
const PARTIAL = RUNBOOK_CRITERIA.filter(({ severity }) => severity === 'P3');

describe('an incident without a mandatory review', () => {
  it.each<[string, Parameters<typeof resolvedIncident>]>([
    ['a P3', [{ level: 'warning' }, { criteria: PARTIAL }]],
    [
      'a P2 of a service that reviews none',
      [{}, { severities: { ...RUNBOOK_SEVERITIES, P2: { ...RUNBOOK_SEVERITIES.P2, reviewed: false } } }],
    ],
  ])('has no draft, and its outage is measured: %s', async (_, given) => {
    await resolvedIncident(...given);
    expect(await hear()).toMatchObject({ drafted: false });
    expect(files.size).toBe(0);
    expect((await stored()).outage).toMatchObject({ from: minute(2), to: minute(8) });
  });

  it('has a draft once somebody requests one, due from then on', async () => {
    await resolvedIncident({ level: 'warning' }, { criteria: PARTIAL });
    await hear();
    setMinute(3000);
    const request = { type: 'request post-mortem', by: 'cleo' } as const;
    await committed({ ...request, id: 'request' });
    const { timeline } = await committed({ ...request, id: 'request again' });
    const [wanted, ...others] = of(timeline, 'PostMortemRequested');
    expect(others).toEqual([]);
    const requested = busEvent({ seq: wanted?.seq });
    expect(await invoke(handler, requested)).toMatchObject({ drafted: true });
    expect(await invoke(handler, requested)).toMatchObject({ drafted: false });
    expect(document()).toContain('| Due | 2026-04-10 11:30 UTC |');
    expect(of((await stored()).timeline, 'OutageMeasured')).toHaveLength(1);
  });

  it('has its outage measured again when CloudWatch failed at first', async () => {
    cloudwatch.on(GetMetricDataCommand).rejectsOnce(new Error('it is down')).resolves(METRICS);
    await resolvedIncident({ level: 'warning' }, { criteria: PARTIAL });
    await hear();
    expect((await stored()).outage?.unknown).toContain('CloudWatch did not answer');
    const { timeline } = await committed({ type: 'request post-mortem', id: 'request', by: 'cleo' });
    const seq = of(timeline, 'PostMortemRequested')[0]?.seq;
    await invoke(handler, busEvent({ seq }));
    expect((await stored()).outage).toMatchObject({ to: minute(8), worst: { share: 0.62 } });
  });
});
