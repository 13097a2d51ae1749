import { describe, expect, it } from 'vitest';
import good from '../../config/mockupaws-production.ts';
import { runbookEscalation } from '../../lib/config/service-config.ts';
import { type Draft, each, faults } from '../support/faults.ts';

describe('a wrong configuration says where, what was found, and what is expected', () => {
  each([
    [c => Object.assign(c, { escalation: [] }), 'escalation is []: expected at least one escalation level'],
    [
      c => Object.assign(c, { escalation: runbookEscalation({ people: ['ada'] }).slice(0, 2) }),
      'escalation.1.people is []: expected at least one person: a level nobody is on cannot be escalated to',
    ],
    [
      c => Object.assign(c.escalation[2] ?? {}, { afterMinutes: 10 }),
      'escalation.2.afterMinutes is 10: expected 20 or more: the level before has 5 minutes to answer',
    ],
    [
      c => Object.assign(c.escalation[0] ?? {}, { afterMinutes: 5 }),
      'escalation.0.afterMinutes is 5: expected 0: the first level is called at once',
    ],
    [c => Object.assign(c, { operations: [] }), 'operations is []: expected at least one person'],
  ]);

  const KNOWN = 'ada, ben, cleo, dora, emil, finn, gina, operations';
  const person = (name: string, addresses: object) => (c: Draft) => Object.assign(c.people, { [name]: addresses });
  const level = (changes: object) => (c: Draft) => Object.assign(c.escalation[0] ?? {}, changes);
  const rotation = (changes: object) => (c: Draft) => Object.assign(c.escalation[0]?.['rotation'] ?? {}, changes);
  const override = (changes: object) =>
    rotation({ overrides: [{ person: 'cleo', from: '2026-01-31T18:00', to: '2026-02-01T09:00', ...changes }] });
  const at = 'escalation.0.rotation';
  each([
    [
      c => delete (c as Record<string, unknown>)['people'],
      "people is missing: expected people by name, { ada: { email: 'ada@example.com', sms: '+15555550100' } }",
    ],
    [person('ada', {}), 'people.ada is {}: expected an e-mail address (email), a telephone number (sms), or both'],
    [person('ada', { email: 'ada' }), 'people.ada.email is "ada": expected an e-mail address such as name@example.com'],
    [
      person('ada', { sms: '555-0100' }),
      'people.ada.sms is "555-0100": expected a telephone number such as +15555550100 (E.164)',
    ],
    [person('ada', { slack: 'U01' }), 'people.ada.slack is not a field of people.ada: expected one of email, sms'],
    [
      person('Zoë', { email: 'zoe@mockupaws.com' }),
      'people.Zoë is "Zoë": expected a name of lower-case letters, digits and hyphens, such as ada',
    ],
    [
      person('auto-mation', { email: 'zoe@mockupaws.com' }),
      'people.auto-mation is "auto-mation": expected a name that the responder does not use for itself',
    ],
    [
      person('zoe', { email: 'Ada@mockupaws.com' }),
      'people.zoe.email is "Ada@mockupaws.com": expected an address that is not also that of ada',
    ],
    [level({ people: ['ada', 'zoe'] }), `escalation.0.people.1 is "zoe": expected one of people: ${KNOWN}`],
    [level({ people: ['ada', 'ben', 'ada'] }), 'escalation.0.people is ["ada","ben","ada"]: expected each person once'],
    [c => Object.assign(c, { reviewers: ['zoe'] }), `reviewers.0 is "zoe": expected one of people: ${KNOWN}`],
    [c => Object.assign(c, { operations: ['zoe'] }), `operations.0 is "zoe": expected one of people: ${KNOWN}`],
    [
      rotation({ timeZone: 'Europe/Atlantis' }),
      `${at}.timeZone is "Europe/Atlantis": expected a time zone of the IANA database, such as Europe/Berlin`,
    ],
    [rotation({ timeZone: '+01:00' }), `${at}.timeZone is "+01:00": expected a time zone such as Europe/Berlin`],
    [rotation({ since: '2026-02-30' }), `${at}.since is "2026-02-30": expected a day that exists, such as 2026-01-05`],
    [rotation({ since: 'Monday' }), `${at}.since is "Monday": expected a day such as 2026-01-05`],
    [rotation({ at: '9:00' }), `${at}.at is "9:00": expected a time of day such as 09:00`],
    [rotation({ at: '24:00' }), `${at}.at is "24:00": expected a time of day such as 09:00`],
    [override({ person: 'zoe' }), `${at}.overrides.0.person is "zoe": expected one of people: ${KNOWN}`],
    [
      override({ from: '2026-01-31' }),
      `${at}.overrides.0.from is "2026-01-31": expected a time such as 2026-01-31T18:00, on the clocks of the time zone`,
    ],
    [
      override({ to: '2026-13-01T00:00' }),
      `${at}.overrides.0.to is "2026-13-01T00:00": expected a time that exists, such as 2026-01-31T18:00`,
    ],
    [
      override({ to: '2026-01-31T18:00' }),
      `${at}.overrides.0 is {"person":"cleo","from":"2026-01-31T18:00","to":"2026-01-31T18:00"}: expected a time from that is before to`,
    ],
  ]);

  describe('the first level sleeps', () => {
    const without =
      'expected a telephone number (sms), or PagerDuty or Opsgenie: an e-mail wakes nobody of the first level';
    const alone = { ...good, pagerduty: undefined, opsgenie: undefined };
    const silenced = (name: string) => person(name, { email: `${name}@mockupaws.com` });

    it('when one of those who take turns has no telephone', () => {
      expect(faults(silenced('ben'), alone)).toEqual([`people.ben.sms is missing: ${without}`]);
      expect(faults(c => [silenced('emil')(c), override({ person: 'emil' })(c)], alone)).toEqual([
        `people.emil.sms is missing: ${without}`,
      ]);
    });

    it('when none of those who are called at once has one', () => {
      const atOnce = level({ rotation: undefined });
      expect(faults(c => [silenced('ada')(c), silenced('ben')(c), atOnce(c)], alone)).toEqual([
        `people.ada.sms is missing: ${without}`,
      ]);
      expect(() => faults(c => [silenced('ben')(c), atOnce(c)], alone)).toThrow('was accepted');
    });

    it('unless another system rings', () => {
      expect(() => faults(silenced('ben'))).toThrow('was accepted');
    });
  });
});
