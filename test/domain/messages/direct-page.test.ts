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
const NOW = '2026-03-02T09:30:00.000Z';
const ALARMS = [
  red('Memory is at 80 %', { level: 'warning', since: '2026-03-02T09:00:00.000Z' }),
  red('Errors are high', { since: '2026-03-02T09:20:00.000Z' }),
  red('A health URL does not answer'),
];

describe('the page while the incident store is away', () => {
  it('names what is red since when, and says that nothing can be acknowledged', () => {
    const { subject, body } = writeDirectPage(render, paging, 1, ALARMS, NOW);
    expect(subject).toBe('[INCIDENT - NOT RECORDED] mockupAWS: red since 2026-03-02 09:14 UTC');
    expect(body).toContain('mockupAWS is in trouble: A health URL does not answer. Red since 2026-03-02 09:14 UTC.');
    expect(body.replaceAll('\n', ' ')).toContain('nothing can be acknowledged until the store is back');
    expect(body).toContain('You are on call (level 1 of 2)');
    expect(body).toMatch(/- Memory is at 80 %, since .*\n {2}! A health URL .*\n {2}! Errors are high/);
    expect(body).not.toMatch(/hotline/);
  });

  it('gives the last level the hotline', () => {
    expect(writeDirectPage(render, paging, 2, ALARMS, NOW)).toMatchObject({
      body: expect.stringContaining('Emergency hotline: +1-555-MOCKUP'),
      sms: expect.stringMatching(/Hotline \+1-555-MOCKUP$/),
    });
  });

  it('has an SMS of the critical alarms', () => {
    expect(writeDirectPage(render, paging, 1, ALARMS, NOW).sms).toBe(
      'mockupAWS RED since 09:14 UTC: A health URL does not answer; Errors are high. Incident store away: nothing can be acknowledged. Respond now.',
    );
  });

  it('has the date where the alarm did not turn red today', () => {
    const { sms } = writeDirectPage(render, paging, 1, ALARMS, '2026-03-03T00:10:00.000Z');
    expect(sms).toContain('mockupAWS RED since 2026-03-02 09:14 UTC');
  });

  it('claims nothing of incidents, which nobody can see: one may be open and acknowledged', () => {
    const { body, sms } = writeDirectPage(render, paging, 1, ALARMS, NOW);
    expect(`${body} ${sms}`.replaceAll('\n', ' ')).not.toMatch(/no incident is|no incident,/i);
    expect(body).toContain('an incident that was open goes on as it was');
  });

  it('is written at once and read at once however many alarms are red, and leaves out no critical one for a warning', () => {
    const warnings = Array.from({ length: 200 }, (_, i) =>
      red(`Warning ${i}`, { level: 'warning', since: '2026-03-02T08:00:00.000Z' }),
    );
    const many = Array.from({ length: 2000 }, (_, i) => red(`A task of the service number ${i} does not answer`));
    const began = process.cpuUsage();
    const { body, sms } = writeDirectPage(render, paging, 1, [...warnings, ...many], NOW);
    const { user, system } = process.cpuUsage(began);
    // A function has a third of a processor, and writes four of these within seconds.
    expect((user + system) / 1000).toBeLessThan(400);
    expect(body.match(/^ {2}[!-] /gm)).toHaveLength(30);
    expect(body).toContain('\n  and 2170 more\n');
    expect(body).not.toContain('Warning');
    expect(sms).toMatch(/number 0 does not answer; .* and \d+ more\./);
    const named = sms.match(/does not answer/g)?.length ?? 0;
    expect(sms).toContain(` and ${2000 - named} more.`);
  });

  it('says that nobody sees anything when CloudWatch is away as well', () => {
    const { subject, body, sms } = writeDirectPage(render, paging, 1, undefined, NOW);
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
            NOW,
          );
          expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
          expect(gsm7Segments(`mockupAWS> ${sms}`), sms).toBeLessThanOrEqual(2);
          expect(toGsm7(sms)).toBe(sms);
          expect(sms).toContain('nothing can be acknowledged. Respond now.');
          expect(sms).toContain('Hotline');
        },
      ),
    );
  });
});
