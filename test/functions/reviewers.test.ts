import { GenerateMacCommand } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import { handler as answer } from '../../lambda/functions/answer/handler.ts';
import { handler } from '../../lambda/functions/reviewers/handler.ts';
import { useTopics } from '../support/aws-mocks.ts';
import { useBucket } from '../support/bucket.ts';
import { urlEvent } from '../support/door.ts';
import { kms, linkPath, useLinks } from '../support/links.ts';
import { committed, invoke, lastEvent, setMinute, stored } from '../support/responder.ts';
import { REVIEWED_ID, resolvedIncident } from '../support/reviewed.ts';
import { minute, of } from '../support/story.ts';

useLinks({
  ...{ NOTICES_TOPIC: 'notices', PEOPLE: 'ada,cleo,finn,ops', REVIEWERS: 'cleo', REVIEW_GUESTS: 'finn' },
  ...{ STAKEHOLDERS: 'finn', OPERATIONS: 'ops', REVIEWS_BUCKET: 'reviews' },
});
mockClient(SFNClient);
const { sns, messages: mails } = useTopics();
const { stored: files } = useBucket();

const hear = async (type: EventType) => invoke(handler, await lastEvent(type));
const MEETING = { at: minute(1800), timeZone: 'UTC', attendees: ['ada', 'cleo'], guests: ['finn'] };

async function drafted() {
  await resolvedIncident();
  await committed({
    type: 'record post-mortem',
    id: 'draft',
    url: 'https://example.com',
    author: 'ada',
    meeting: MEETING,
  });
}

it('the reviewers function mails a notice once to its recipients, and records the delivery', async () => {
  await drafted();
  await hear('PostMortemDrafted');
  await hear('PostMortemDrafted');
  expect(mails()).toMatchObject([
    {
      TopicArn: 'notices',
      Subject: `Review of ${REVIEWED_ID}: P2 - mockupAWS Database Connections Exhausted`,
      MessageAttributes: { person: { DataType: 'String.Array', StringValue: '["ada","cleo","finn"]' } },
    },
  ]);
  expect(of((await stored()).timeline, 'MessageDelivered')).toMatchObject([{ channel: 'reviewers' }]);
});

it('the reviewers function does not record a failed delivery, and tries again', async () => {
  await drafted();
  sns.on(PublishCommand).rejectsOnce(new Error('Throttled')).resolves({});
  await expect(hear('PostMortemDrafted')).rejects.toThrow('Throttled');
  expect(of((await stored()).timeline, 'MessageDelivered')).toEqual([]);
  await hear('PostMortemDrafted');
  expect(mails()).toHaveLength(2);
});

it('the reviewers function fails for a notice without recipients, so that operations are told', async () => {
  vi.stubEnv('PEOPLE', '');
  await drafted();
  await expect(hear('PostMortemDrafted')).rejects.toThrow('nobody who has an e-mail address');
});

it('the subject of a review notice is acceptable to SNS, whatever an action item is called', async () => {
  await resolvedIncident();
  const action = `Größere Tasks – ${'sehr '.repeat(30)}`;
  await committed({ type: 'raise action item', id: 'raise', by: 'ada', action, text: 'x', owner: 'ada' });
  await hear('ActionItemRaised');
  expect(mails()[0]?.Subject).toMatch(/^INC-2026-04-07-001 A2: Groessere Tasks - [\x20-\x7e]*\.\.\.$/);
  expect(mails()[0]?.Subject?.length).toBeLessThan(100);
});

describe('the links of an invitation', () => {
  const links = () =>
    [...(mails()[0]?.Message?.matchAll(/https:\/\/door\.example(\/\S+)/g) ?? [])].map(([, path]) => path);
  const open = (path: string, method = 'GET') => invoke(answer, urlEvent(method, path, ''));
  const fill = () => {
    files.set(`reviews/${REVIEWED_ID}/invitation.ics`, Buffer.from('BEGIN:VCALENDAR'));
    files.set(`reviews/${REVIEWED_ID}/post-mortem.md`, Buffer.from('# Post-Mortem ü'));
    files.set('reviews/other/post-mortem.md', Buffer.from('of another'));
  };

  it('open the invitation and the document without an AWS account, and change nothing', async () => {
    await drafted();
    fill();
    await hear('PostMortemDrafted');
    const before = (await stored()).timeline.length;
    const [calendar = '', text = ''] = links();
    const invitation = await open(calendar);
    expect([invitation.statusCode, invitation.body]).toEqual([200, 'BEGIN:VCALENDAR']);
    expect(invitation.headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="invitation.ics"',
    });
    const document = await open(text);
    expect([document.statusCode, document.body]).toEqual([200, '# Post-Mortem ü']);
    expect(document.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect((await open(text, 'POST')).statusCode).toBe(405);
    expect((await stored()).timeline).toHaveLength(before);
  });

  it('expire the day after the meeting', async () => {
    await drafted();
    fill();
    await hear('PostMortemDrafted');
    const [calendar = ''] = links();
    setMinute(1800 + 24 * 60 - 1);
    expect((await open(calendar)).statusCode).toBe(200);
    setMinute(1800 + 24 * 60);
    expect((await open(calendar)).statusCode).toBe(403);
  });

  it.each(['nothing.md', '../other/post-mortem.md'])('open nothing for the file %s', async step => {
    await drafted();
    fill();
    const path = await linkPath({ action: 'read', person: 'reviewers', step, expires: Date.parse(minute(100)) / 1000 });
    const { statusCode, body } = await open(path);
    expect(statusCode).toBeGreaterThanOrEqual(403);
    expect(body).not.toContain('of another');
  });

  it('are left out when they cannot be signed', async () => {
    await drafted();
    kms.on(GenerateMacCommand).rejects(new Error('down'));
    await hear('PostMortemDrafted');
    expect(links()).toEqual([]);
    expect(mails()[0]?.Message).toContain('In S3 (needs access to AWS): https://example.com\n');
  });
});
