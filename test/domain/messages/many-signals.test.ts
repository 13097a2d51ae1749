import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../lambda/domain/incident/bounds.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderMail } from '../../../lambda/domain/kernel/templates.ts';
import { internalNotification } from '../../../lambda/domain/messages/internal-notification.ts';
import { mailBody } from '../../../lambda/domain/messages/page-text.ts';
import { opsgenieRequest, pagerDutyEvent } from '../../../lambda/domain/messages/ticket.ts';
import { of, policy, Story } from '../../support/story.ts';
import { render, told } from '../../support/written.ts';

/** A storm of alarms. */
function storm(text = ''): Story {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES }));
  for (let n = 0; n < 60; n++) story.fires('warning', { key: `alarm:a${n}`, summary: `a${n}${text}` });
  return story;
}

const lines = (body: string, pattern: RegExp) => body.split('\n').filter(line => pattern.test(line)).length;

describe('of many signals', () => {
  test('a page lists and links twenty, and says how many more there are', () => {
    const story = storm();
    const count = Object.keys(story.incident.signals).length;
    expect(count).toBe(60);
    const [page] = told(story, 'IncidentOpened');
    expect(lines(page?.body ?? '', /^ {2}! a\d+, since 09:30 UTC$/)).toBe(20);
    expect(page?.body).toContain(`and ${count - 20} more`);
    expect(lines(page?.body ?? '', /Alarm a\d+: http/)).toBe(20);
  });

  test('those that fire are listed before those that are clear', () => {
    const story = storm();
    story.clears('warning', { key: 'alarm:a0' });
    const [page] = told(story, 'IncidentOpened');
    expect(page?.body).toContain('! a20');
    expect(page?.body).not.toContain('- a0');
  });

  test('an update to stakeholders lists none: they read what it means', () => {
    const story = storm();
    story.tell({ type: 'post update', by: 'ada', text: 'as it stands', internal: true });
    const [update] = of(story.incident.timeline, 'UpdatePosted').slice(-1);
    if (!update) throw new Error('there is no update');
    const { body } = renderMail(
      render,
      'messages/internal-notification.txt',
      internalNotification(story.incident, update),
    );
    expect(body).not.toMatch(/\ba\d+/);
  });
});

test('a ticket of many signals is of a size that PagerDuty and Opsgenie take', () => {
  const story = storm('x'.repeat(190));
  const [opened] = of(story.incident.timeline, 'IncidentOpened');
  if (!opened) throw new Error('nothing is open');
  expect(sizeOf(pagerDutyEvent(story.incident, opened, 'open'))).toBeLessThan(8000);
  expect(sizeOf(opsgenieRequest(story.incident, opened, 'open').body)).toBeLessThan(10_000);
});

test('a mail of any text fits into a message of SNS', () => {
  for (const text of ['x', '火', '🔥', '"'].map(letter => letter.repeat(300_000))) {
    const body = mailBody(text);
    expect(sizeOf(body)).toBeLessThanOrEqual(200_000);
    expect(sizeOf(body)).toBeGreaterThan(150_000);
    expect(body.isWellFormed()).toBe(true);
  }
  expect(mailBody('short')).toBe('short');
});
