import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import type { Policy } from '../../lambda/domain/incident/policy.ts';
import { handler } from '../../lambda/functions/status-page/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { firstItem } from '../../lambda/store/keys.ts';
import { client } from '../../lambda/store/table.ts';
import { useFlakyTable } from '../support/flaky-table.ts';
import {
  busEvent,
  committed,
  deploy,
  invoke,
  KEY,
  policyOf,
  queued,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { SiteBuckets } from '../support/site-bucket.ts';
import { minute, of, START } from '../support/story.ts';

const responder = useResponder({ SITE_BUCKETS: 'us-east-1/site,us-west-2/copy' });
const table = useFlakyTable(responder);
const cloudWatch = mockClient(CloudWatchClient);
const buckets = new SiteBuckets();

const components = [{ id: 'api', name: 'API', description: 'Requests' }];
const statusPage = { url: 'https://status.mockupaws.com', components };

beforeEach(async () => {
  cloudWatch.reset();
  cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  buckets.reset();
  await deploy({ site: { title: 'mockupAWS', ...statusPage, maintenance: [] } });
});

const policy = (): Policy => ({ ...policyOf(), statusPage });

/** An incident that customers are told of, with one update in somebody's words. */
async function published(
  text = 'We look into it.',
  changes: Parameters<typeof signal>[0] = {},
): Promise<IncidentHistory> {
  const { incident } = await receive(signal(changes), policy());
  if (!incident) throw new Error('nothing was opened');
  const key = { slot: incident.slot, number: incident.number };
  await committed({ type: 'publish', id: 'publish', by: 'ada' }, key);
  return committed({ type: 'post update', id: text, by: 'ada', text }, key);
}

const post = (text: string) => committed({ type: 'post update', id: text, by: 'ada', text });

/** What the queue hands over: an entry of the incident, or what the schedule sends. */
const entry = (seq: number, key = KEY) => queued(busEvent({ seq }, key));
const SCHEDULED = queued({ 'detail-type': 'Scheduled Event', detail: {} });

const page = (key = 'index.html', bucket = 'site') => buckets.read(bucket, key)?.body ?? '';
const deliveries = async () => of((await stored()).timeline, 'MessageDelivered');

it('the status page has an update in every file and bucket, and its delivery is recorded', async () => {
  const { timeline, id } = await published();
  await invoke(handler, entry(timeline.length - 1));
  for (const bucket of ['site', 'copy']) {
    expect(page('index.html', bucket)).toContain('We look into it.');
    expect(page(`incidents/${id}.html`, bucket)).toContain('We look into it.');
    expect(page('api/v2/summary.json', bucket)).toContain('We look into it.');
  }
  expect(buckets.read('site', 'index.html')).toMatchObject({
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'public, max-age=30, stale-while-revalidate=30, stale-if-error=604800',
  });
  const [posted] = of(timeline, 'UpdatePosted').filter(({ to }) => to === 'public');
  expect(await deliveries()).toMatchObject([{ about: posted?.seq, channel: 'status page' }]);
});

it('the status page is not written again for a repeated event, and no delivery is recorded again', async () => {
  const { timeline } = await published();
  await invoke(handler, entry(timeline.length - 1));
  buckets.puts = [];
  await invoke(handler, entry(timeline.length - 1));
  expect(buckets.puts).toEqual([]);
  expect(await deliveries()).toHaveLength(1);
});

it('the status page rewrites only files with a time as time passes', async () => {
  await published();
  await invoke(handler, SCHEDULED);
  buckets.puts = [];
  setMinute(5);
  await invoke(handler, SCHEDULED);
  const forPrograms = buckets.puts.filter(put => put.startsWith('site/api/') || /\.(atom|rss)$/.test(put));
  // Minutes of the open incident make today a day with data.
  expect(forPrograms).toEqual(['site/api/v2/uptime.json']);
  expect(buckets.puts).toContain('site/index.html');
});

it('the status page is the same for events in any order', async () => {
  await published();
  setMinute(10);
  const { timeline } = await post('We found it.');
  await invoke(handler, entry(timeline.length - 1));
  const shown = buckets.all('site');
  for (const seq of [timeline.length - 1, 2, timeline.length - 3, 0]) await invoke(handler, entry(seq));
  expect(buckets.all('site')).toEqual(shown);
  expect(await deliveries()).toHaveLength(2);
});

it('the status page shows updates whose events were lost', async () => {
  await published();
  await post('We found it.');
  await invoke(handler, SCHEDULED);
  expect(page()).toContain('We found it.');
  expect(await deliveries()).toHaveLength(2);
});

describe('the incidents of the status page', () => {
  it('are read once they are over, and not again until they change', async () => {
    await published();
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
    await invoke(handler, SCHEDULED);
    const written = page();
    expect(written).toContain('This incident is resolved');
    const sent = vi.spyOn(client, 'send').mockClear();
    const ofIncidents = () =>
      sent.mock.calls.filter(([{ input }]) => JSON.stringify(input).includes('"incident/mockupaws-production'));
    await invoke(handler, SCHEDULED);
    expect(ofIncidents()).toEqual([]);
    expect(page()).toEqual(written);
    await invoke(handler, entry(0));
    expect(ofIncidents()).not.toEqual([]);
  });

  it('include that of the event, though indexes lag', async () => {
    const { timeline } = await published();
    const lagging = {
      TableName: process.env['INCIDENTS_TABLE'],
      Key: firstItem(KEY),
      UpdateExpression: 'REMOVE #m, unfinished',
    };
    await client.send(new UpdateCommand({ ...lagging, ExpressionAttributeNames: { '#m': 'month' } }));
    await invoke(handler, SCHEDULED);
    expect(page()).not.toContain('We look into it.');
    await invoke(handler, entry(timeline.length - 1));
    expect(page()).toContain('We look into it.');
  });

  it('include last year’s and old open ones, and keep a page each after a year', async () => {
    vi.setSystemTime('2025-12-30T12:00:00Z');
    const { id } = await published('Old and open.');
    vi.setSystemTime('2026-03-31T23:59:00Z');
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed' });
    const old = await published('Open for ever.', { id: 'event-2', playbook: 'CacheFailure' });
    await invoke(handler, SCHEDULED);
    expect(page('history.html')).toContain(id);
    vi.setSystemTime('2027-03-31T23:59:00Z');
    await invoke(handler, SCHEDULED);
    expect(page()).toContain('Open for ever.');
    expect(page('history.html')).not.toContain(id);
    expect(page(`incidents/${id}.html`)).toContain('Old and open.');
    expect(page(`incidents/${old.id}.html`)).toContain('Open for ever.');
  });

  it('leave out a drill and an unpublished incident', async () => {
    await receive(signal(), policy());
    await receive(signal({ id: 'event-2', playbook: 'CacheFailure', drill: true }), policy());
    await invoke(handler, entry(0));
    await invoke(handler, entry(0, { slot: 'mockupaws-production/CacheFailure', number: 1 }));
    expect(buckets.keys('site').filter(key => key.startsWith('incidents/'))).toEqual([]);
    expect(Object.values(buckets.all('site')).join()).not.toContain('INC-');
  });
});

describe('a failure of S3', () => {
  it('midway keeps the files written, and the rest follows before the delivery is recorded', async () => {
    const { timeline } = await published();
    buckets.refuses = (_, key) => key === 'api/v2/status.json';
    await expect(invoke(handler, entry(timeline.length - 1))).rejects.toThrow('S3 is down: site; S3 is down: copy');
    expect(await deliveries()).toEqual([]);
    const before = [...buckets.puts];
    buckets.refuses = () => false;
    await invoke(handler, entry(timeline.length - 1));
    expect(new Set(buckets.puts).size).toBe(buckets.puts.length);
    expect(before.length).toBeGreaterThan(0);
    expect(await deliveries()).toHaveLength(1);
  });

  it('in the second region delays no customer', async () => {
    const { timeline } = await published();
    buckets.refuses = bucket => bucket === 'copy';
    await expect(invoke(handler, entry(timeline.length - 1))).rejects.toThrow('S3 is down: copy');
    expect(page()).toContain('We look into it.');
    expect(await deliveries()).toHaveLength(1);
  });

  it('in the first region keeps the second up to date, and the update does not count as delivered', async () => {
    const { timeline } = await published();
    buckets.refuses = bucket => bucket === 'site';
    await expect(invoke(handler, entry(timeline.length - 1))).rejects.toThrow('S3 is down: site');
    expect(page('index.html', 'copy')).toContain('We look into it.');
    expect(await deliveries()).toEqual([]);
  });
});

describe('the measurements of the status page', () => {
  it('are read by day and by minute, in whole days of UTC', async () => {
    cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries: [query] }) => {
      const at = query.MetricStat.Period === 60 ? minute(-1) : START.slice(0, 10);
      return { MetricDataResults: [{ Id: query.Id, Timestamps: [new Date(at)], Values: [570] }] };
    });
    await invoke(handler, SCHEDULED);
    expect(JSON.parse(page('api/v2/status.json')).status.indicator).toBe('none');
    const asked = cloudWatch.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => input);
    expect(asked.map(({ MetricDataQueries }) => MetricDataQueries?.[0]?.MetricStat)).toMatchObject([
      { Stat: 'SampleCount', Period: 86_400, Metric: { MetricName: 'HealthFailingShare' } },
      { Stat: 'SampleCount', Period: 60, Metric: { Dimensions: [{ Name: 'Service', Value: 'mockupaws-production' }] } },
    ]);
    expect(asked[0]?.EndTime).toEqual(new Date('2026-04-08T00:00:00Z'));
    expect(asked[0]?.StartTime?.getTime()).toBe(Date.parse('2026-04-08T00:00:00Z') - 455 * 86_400_000);
  });

  it('are left out when CloudWatch fails, and an update is shown all the same', async () => {
    const { timeline } = await published();
    cloudWatch.on(GetMetricDataCommand).rejects(new Error('Throttling'));
    await invoke(handler, entry(timeline.length - 1));
    expect(page()).toContain('We look into it.');
    expect(page()).toContain('No data');
    expect(await deliveries()).toHaveLength(1);
  });

  it('are left out when CloudWatch does not answer', async () => {
    cloudWatch.restore();
    const silent = createServer(() => undefined);
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
    await invoke(handler, SCHEDULED);
    expect(patience.mock.calls.flat()).toEqual(expect.arrayContaining([5000, 10_000]));
    expect(page()).toContain('No data');
    silent.close();
  });
});

describe('while the table cannot be read or written', () => {
  const away = () => {
    table.fates = Array(100).fill('lost');
  };
  const summary = (bucket?: string) => JSON.parse(page('api/v2/summary.json', bucket));

  it('the status page says to people and programs that the status is unknown, and since when', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Id: 'measured', Timestamps: [new Date(minute(5))], Values: [1] }],
    });
    setMinute(0);
    await invoke(handler, SCHEDULED);
    expect(summary().status).toEqual({ indicator: 'none', description: 'All Systems Operational' });
    setMinute(5);
    away();
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow();
    for (const bucket of ['site', 'copy']) {
      expect(page('index.html', bucket)).toMatch(/Status unknown<\/h1>/);
      expect(page('index.html', bucket)).toContain(
        '2026-04-07 09:30 UTC</time> our own records have not been available',
      );
      for (const name of ['summary', 'status'])
        expect(JSON.parse(page(`api/v2/${name}.json`, bucket)).status).toEqual({
          ...{ indicator: 'minor', description: 'Status unknown since 2026-04-07 09:30 UTC' },
        });
      expect(summary(bucket).components[0].status).not.toBe('operational');
    }
    table.fates = [];
    setMinute(6);
    await invoke(handler, SCHEDULED);
    expect(summary().status.description).toBe('All Systems Operational');
    expect(page()).not.toContain('Status unknown');
  });

  it.each([PutCommand, UpdateCommand])(
    'it does not say that all is well because reads are answered while writes are refused: %o',
    async refused => {
      await invoke(handler, SCHEDULED);
      const { send } = responder;
      responder.send = async command => {
        if (command instanceof refused) throw new Error('InternalServerError');
        return send(command);
      };
      setMinute(5);
      await expect(invoke(handler, SCHEDULED)).rejects.toThrow('InternalServerError');
      expect(summary().status.description).toBe('Status unknown since 2026-04-07 09:30 UTC');
    },
  );

  it('it keeps the incidents that were known, and their severity', async () => {
    await published();
    await invoke(handler, SCHEDULED);
    const before = summary();
    setMinute(10);
    away();
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow();
    expect(page()).toContain('We look into it.');
    expect(summary().status.indicator).toBe(before.status.indicator);
    expect(summary().incidents).toEqual(before.incidents);
    table.fates = [];
    expect(await deliveries()).toHaveLength(1);
  });

  it('it is written from the bucket that was written last, though another answers sooner', async () => {
    await invoke(handler, SCHEDULED);
    setMinute(5);
    await published();
    buckets.refusesWrites = bucket => bucket === 'copy';
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow('S3 is down: copy');
    buckets.slow = bucket => bucket === 'site';
    setMinute(10);
    away();
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow();
    expect(page()).toContain('We look into it.');
    expect(page()).toContain('2026-04-07 09:35 UTC</time> our own records have not been available');
  });

  it('it is written from the other bucket when one is down, and fails when it was never written', async () => {
    await invoke(handler, SCHEDULED);
    buckets.refuses = bucket => bucket === 'site';
    away();
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow();
    expect(page('index.html', 'copy')).toContain('Status unknown');
    buckets.reset();
    away();
    await expect(invoke(handler, SCHEDULED)).rejects.toThrow();
    expect(page()).toBe('');
  });
});
