import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { noteAwsIssues, readAwsIssues } from '../../lambda/store/aws-issues.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { ALARM, DEPLOYED, deploy, invoke, setMinute, useResponder } from '../support/responder.ts';
import { minute, START } from '../support/story.ts';

const table = useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
useWorkflows();
const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const { service: SERVICE } = DEPLOYED;
const ARN = 'arn:aws:health:us-east-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/AWS_RDS_OPERATIONAL_ISSUE_BA540';
const http = (minutes: number) => new Date(minute(minutes)).toUTCString();

/** An event of AWS Health, as its user guide documents it. */
const event = (detail: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}) => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: '123456789012',
  time: START,
  region: 'us-east-1',
  resources: [],
  ...envelope,
  detail: {
    eventArn: ARN,
    service: 'RDS',
    eventTypeCode: 'AWS_RDS_OPERATIONAL_ISSUE',
    eventTypeCategory: 'issue',
    eventScopeCode: 'PUBLIC',
    communicationId: '4826e1b01e4eed2b0f117c54306d907c713586799d76d487c9132a40149ac107-1',
    startTime: http(-12),
    lastUpdatedTime: http(-1),
    statusCode: 'open',
    eventRegion: 'us-east-1',
    eventDescription: [{ language: 'en_US', latestDescription: 'We are investigating increased error rates.' }],
    affectedAccount: '123456789012',
    page: '1',
    totalPages: '1',
    ...detail,
  },
});

const OPEN = {
  arn: ARN,
  service: 'RDS',
  code: 'AWS_RDS_OPERATIONAL_ISSUE',
  open: true,
  startedAt: minute(-12),
  updatedAt: minute(-1),
};

/** Sends events in one batch, and gives the messages that stay in the queue. */
async function send(...events: unknown[]): Promise<string[]> {
  const Records = events.map((body, i) => ({
    messageId: `message ${i}`,
    receiptHandle: `receipt ${i}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1' },
  }));
  const { batchItemFailures } = await invoke(handler, { Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const aside = () =>
  sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input.MessageAttributes?.['reason']?.StringValue);

describe('an issue that AWS reports', () => {
  it('is remembered once, without its texts, and opens no incident', async () => {
    expect(await send(event(), event({ page: '2' }), event({}, { region: 'us-west-2', id: 'backup' }))).toEqual([]);
    await send(event());
    expect(await readAwsIssues(SERVICE)).toEqual([OPEN]);
    expect((await openIncidents()).incidents).toEqual([]);
    const { Item } = (await table.send(
      new GetCommand({
        TableName: process.env['INCIDENTS_TABLE'] ?? '',
        Key: { pk: `aws-issues/${SERVICE}`, sk: '-' },
      }),
    )) as { Item: Record<string, unknown> };
    expect(Item['version']).toBe(1);
    expect(JSON.stringify(Item)).not.toContain('investigating');
  });

  it('ends with its last report, in whatever order they come', async () => {
    const closed = event({ statusCode: 'closed', endTime: http(0), lastUpdatedTime: http(0) });
    await send(closed);
    await send(event());
    expect(await readAwsIssues(SERVICE)).toEqual([{ ...OPEN, open: false, endsAt: minute(0), updatedAt: minute(0) }]);
  });

  it('is read with what AWS leaves out: the time of the event, and the region of the ARN', async () => {
    const { eventRegion: _, lastUpdatedTime: __, affectedAccount: ___, ...rest } = event().detail;
    await send({ ...event(), detail: rest });
    await send({ ...event(), detail: { ...rest, eventArn: ARN.replace('us-east-1', 'eu-central-1') } });
    expect(await readAwsIssues(SERVICE)).toEqual([{ ...OPEN, updatedAt: START }]);
  });

  it.each<[string, Parameters<typeof event>]>([
    ['of another region', [{ eventRegion: 'eu-central-1' }, { region: 'us-east-1' }]],
    ['of another account', [{ affectedAccount: '210987654321' }]],
    ['of a service that nobody uses', [{ service: 'SAGEMAKER' }]],
    ['that is a scheduled change', [{ eventTypeCategory: 'scheduledChange' }]],
    ['that is a notification', [{ eventTypeCategory: 'accountNotification' }]],
  ])('%s is left alone', async (_, of) => {
    expect(await send(event(...of))).toEqual([]);
    expect(await readAwsIssues(SERVICE)).toEqual([]);
    expect(aside()).toEqual([]);
  });

  it('of the cache is remembered where the service has one', async () => {
    await send(event({ service: 'ELASTICACHE' }));
    expect(await readAwsIssues(SERVICE)).toEqual([]);
    const redis = { replicationGroup: 'sessions', nodes: ['sessions-001'], serviceSecurityGroups: [], port: 6379 };
    await deploy({ resources: { ...DEPLOYED.resources, redis } });
    await send(event({ service: 'ELASTICACHE' }));
    expect(await readAwsIssues(SERVICE)).toMatchObject([{ service: 'ELASTICACHE' }]);
  });

  it('keeps of hostile names and times what AWS could have written', async () => {
    const hostile = '\u202e\u0007<script>alert(1)</script> @here `x`\n'.repeat(100);
    await send(
      event({
        eventArn: `${ARN}${hostile}`,
        eventTypeCode: `AWS_RDS${hostile}`,
        startTime: hostile,
        endTime: 12,
        lastUpdatedTime: 'Fri, 01 Jan 2099 00:00:00 GMT',
      }),
    );
    const [issue] = await readAwsIssues(SERVICE);
    expect(issue).toMatchObject({ open: true, updatedAt: START });
    expect(issue?.startedAt ?? issue?.endsAt).toBeUndefined();
    expect(`${issue?.arn}${issue?.code}`).toMatch(/^[\w.:/-]{1,400}$/);
  });

  it('that is not understood is put aside, and blocks neither alarms nor other issues', async () => {
    const alarm = {
      id: 'alarm',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: ALARM, state: { value: 'ALARM', timestamp: START } },
    };
    expect(await send(event({ service: null }), alarm, event())).toEqual([]);
    expect(await readAwsIssues(SERVICE)).toHaveLength(1);
    expect((await openIncidents()).incidents).toHaveLength(1);
    expect(aside()).toEqual([expect.stringContaining('detail.service')]);
  });

  it('comes again while the table does not answer', async () => {
    const { send: answer } = table;
    table.send = command =>
      String(command.input.TableName && JSON.stringify(command.input)).includes('aws-issues/')
        ? Promise.reject(Object.assign(new Error('away'), { name: 'InternalServerError' }))
        : answer(command);
    expect(await send(event())).toEqual(['message 0']);
    table.send = answer;
    expect(aside()).toEqual([]);
    expect(await send(event())).toEqual([]);
    expect(await readAwsIssues(SERVICE)).toEqual([OPEN]);
  });
});

it('writers at the same moment lose nothing', async () => {
  setMinute(1);
  const issues = Array.from({ length: 4 }, (_, i) => ({ ...OPEN, arn: `${ARN}-${i}` }));
  await Promise.all(issues.map(issue => noteAwsIssues(SERVICE, [issue], minute(1))));
  expect((await readAwsIssues(SERVICE)).map(({ arn }) => arn).sort()).toEqual(issues.map(({ arn }) => arn));
});
