import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gsm7Segments, toGsm7 } from '../../../lambda/domain/encoding/gsm7.ts';
import { writeDirectPage } from '../../../lambda/domain/messages/direct-page-text.ts';
import type { DirectPaging, RedAlarm } from '../../../lambda/domain/on-call/direct-page.ts';
import { render } from '../../support/written.ts';

const paging: DirectPaging = {
  title: 'mockupAWS',
  region: 'us-east-1',
  levels: ['On-call engineer', 'CTO'].map((role, i) => ({ role, afterMinutes: 15 * i, people: ['ada'] })),
  remindMinutes: 10,
  hotline: '+1-555-MOCKUP',
  dashboard: 'https://example.com/dashboard',
};
const red = (title: string, changes: Partial<RedAlarm> = {}): RedAlarm => ({
  ...{ name: title.toLowerCase().replaceAll(' ', '-'), title, since: '2026-03-02T09:14:20.000Z', level: 'critical' },
  ...changes,
});
const ALARMS = [
  red('Memory is at 80 %', { level: 'warning', since: '2026-03-02T09:00:00.000Z' }),
  red('Errors are high', { since: '2026-03-02T09:20:00.000Z' }),
  red('A health URL does not answer'),
];

describe('the page while the incident store is away', () => {
  it('names what is red since when, and says that nothing can be acknowledged', () => {
    const { subject, body } = writeDirectPage(render, paging, 1, ALARMS);
    expect(subject).toBe('[INCIDENT - NOT RECORDED] mockupAWS: red since 2026-03-02 09:14 UTC');
    expect(body).toContain('mockupAWS is in trouble: A health URL does not answer. Red since 2026-03-02 09:14 UTC.');
    expect(body.replaceAll('\n', ' ')).toContain('nothing can be acknowledged until the store is back');
    expect(body).toContain('You are on call (level 1 of 2)');
    expect(body).toMatch(/- Memory is at 80 %, since .*\n {2}! A health URL .*\n {2}! Errors are high/);
    expect(body).not.toMatch(/hotline/);
  });

  it('gives the last level the hotline', () => {
    expect(writeDirectPage(render, paging, 2, ALARMS)).toMatchObject({
      body: expect.stringContaining('Emergency hotline: +1-555-MOCKUP'),
      sms: expect.stringMatching(/Hotline \+1-555-MOCKUP$/),
    });
  });

  it('has an SMS of the critical alarms', () => {
    expect(writeDirectPage(render, paging, 1, ALARMS).sms).toBe(
      'mockupAWS RED since 09:14 UTC: A health URL does not answer; Errors are high. Incident store away: no incident, no acknowledgement. Respond now.',
    );
  });

  it('says that nobody sees anything when CloudWatch is away as well', () => {
    const { subject, body, sms } = writeDirectPage(render, paging, 1, undefined);
    expect(subject).toBe('[INCIDENT - NOT RECORDED] mockupAWS: alarms cannot be read');
    expect(body).toContain('CloudWatch does not answer');
    expect(sms).toContain('nobody sees the alarms');
  });

  it('fits SNS and two SMS, whatever the alarms are called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 60 }),
        titles => {
          const { subject, sms } = writeDirectPage(
            render,
            paging,
            2,
            titles.map(title => red(title)),
          );
          expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
          expect(gsm7Segments(`mockupAWS> ${sms}`), sms).toBeLessThanOrEqual(2);
          expect(toGsm7(sms)).toBe(sms);
          expect(sms).toContain('no acknowledgement. Respond now.');
          expect(sms).toContain('Hotline');
        },
      ),
    );
  });
});
