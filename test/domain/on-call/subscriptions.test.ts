import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SmsAccount, smsTroubles, unreachable } from '../../../lambda/domain/on-call/sms.ts';
import { drift, type Listed, type Subscriber } from '../../../lambda/domain/on-call/subscriptions.ts';

const NOW = '2026-04-07T09:30:00.000Z';
const email = (person: string): Subscriber => ({ person, protocol: 'email', endpoint: `${person}@mockupaws.com` });
const sms = (person: string): Subscriber => ({ person, protocol: 'sms', endpoint: `+1555555${person.length}` });
const SMS: SmsAccount = {
  ...{ sandbox: false, verified: [], optedOut: [], originationNumbers: 1, spent: 0, limit: 1 },
  ...{ defaultType: 'Transactional', logged: true },
};
const LEVEL = [email('ada'), sms('ada'), email('ben')];
const DEPLOYED = [
  { topic: 'level 1', subscribers: LEVEL },
  { topic: 'operations', subscribers: [email('olga')] },
];
const listed = ({ protocol, endpoint }: Subscriber, arn = 'arn:aws:sns:us-east-1:123456789012:topic:1'): Listed => ({
  protocol,
  endpoint,
  arn,
});
const found = (level: Listed[], operations = [listed(email('olga'))]) =>
  drift(DEPLOYED, [level, operations], { rosters: [{ people: ['ada', 'ben'] }], sms: SMS, now: NOW });

describe('subscription drift', () => {
  it('is empty when all subscriptions are confirmed, whoever else is subscribed and in whatever case', () => {
    const stranger = { protocol: 'https', endpoint: 'https://example.com', arn: 'PendingConfirmation' };
    const shouting = { ...email('ben'), endpoint: 'Ben@MockupAWS.com' };
    const all = [...LEVEL.slice(0, 2), shouting].map(subscriber => listed(subscriber));
    expect(found([stranger, ...all])).toEqual({ notReached: [], levelsWithoutAnybody: [] });
  });

  it('names person, protocol and topic, never an address', () => {
    const drifted = found([listed(email('ada'), 'PendingConfirmation'), listed(email('ben'), 'Deleted')], []);
    expect(drifted.notReached).toEqual([
      { topic: 'level 1', person: 'ada', protocol: 'email', why: 'pending' },
      { topic: 'level 1', person: 'ada', protocol: 'sms', why: 'missing' },
      { topic: 'level 1', person: 'ben', protocol: 'email', why: 'missing' },
      { topic: 'operations', person: 'olga', protocol: 'email', why: 'missing' },
    ]);
    expect(JSON.stringify(drifted)).not.toMatch(/@|\+1/);
  });

  it('ends when a subscription is confirmed anew, though SNS still lists the old one', () => {
    const all = LEVEL.map(subscriber => listed(subscriber));
    expect(found([listed(email('ada'), 'Deleted'), ...all]).notReached).toEqual([]);
  });

  it('leaves a level without anybody exactly when nobody on call would be woken: who has a telephone, by it alone', () => {
    const ARNS = ['arn:aws:sns:us-east-1:123456789012:topic:1', 'PendingConfirmation', 'Deleted'];
    const rotation = { timeZone: 'UTC', since: '2026-04-06', at: '09:00', overrides: [] };
    const states = fc.array(fc.constantFrom(...ARNS), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(states, fc.boolean(), (arns, turns) => {
        const level = LEVEL.map((subscriber, i) => listed(subscriber, arns[i]));
        const roster = { people: ['ada', 'ben'], ...(turns ? { rotation } : {}) };
        const { levelsWithoutAnybody } = drift(DEPLOYED.slice(0, 1), [level], {
          rosters: [roster],
          sms: SMS,
          now: NOW,
        });
        const confirmed = arns.map(arn => arn.startsWith('arn:'));
        const [, ofAda, ofBen] = confirmed;
        expect(levelsWithoutAnybody).toEqual(ofAda || (ofBen && !turns) ? [] : [1]);
      }),
    );
  });
});

describe('a telephone', () => {
  const NUMBER = '+15555550100';

  it.each<[string | undefined, Partial<SmsAccount>, string]>([
    [undefined, {}, NUMBER],
    ['not verified in the SMS sandbox', { sandbox: true }, NUMBER],
    [undefined, { sandbox: true, verified: [NUMBER] }, NUMBER],
    ['opted out', { optedOut: [NUMBER], sandbox: true }, NUMBER],
    ['no origination number', { originationNumbers: 0 }, NUMBER],
    [undefined, { originationNumbers: 0 }, '+4915555550100'],
    ['SMS budget spent', { spent: 1 }, NUMBER],
    ['SMS budget spent', { spent: 0.95 }, NUMBER],
    [undefined, { spent: 0.85 }, NUMBER],
  ])('is not reached for this reason: %s, where %j', (why, account, number) => {
    expect(unreachable(number, { ...SMS, ...account })).toBe(why);
  });

  it('that is not reached wakes nobody, though its owner gets e-mail', () => {
    const level = LEVEL.map(subscriber => listed(subscriber));
    const found = drift(DEPLOYED.slice(0, 1), [level], {
      ...{ rosters: [{ people: ['ada'] }], now: NOW },
      sms: { ...SMS, sandbox: true },
    });
    expect(found).toEqual({
      notReached: [{ topic: 'level 1', person: 'ada', protocol: 'sms', why: 'not verified in the SMS sandbox' }],
      levelsWithoutAnybody: [1],
    });
  });

  it('may soon not be reached: people hear of it before', () => {
    expect(smsTroubles(SMS)).toEqual([]);
    expect(smsTroubles({ ...SMS, spent: 79, limit: 100 })).toEqual([]);
    expect(smsTroubles({ ...SMS, spent: 80, limit: 100 })).toEqual([
      '80.00 USD of the 100.00 USD for SMS this month are spent',
    ]);
    expect(smsTroubles({ ...SMS, sandbox: true, defaultType: 'Promotional', logged: false })).toHaveLength(3);
  });
});
