import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drift, type Listed, type Subscriber } from '../../../lambda/domain/on-call/subscriptions.ts';

const NOW = '2026-04-07T09:30:00.000Z';
const email = (person: string): Subscriber => ({ person, protocol: 'email', endpoint: `${person}@mockupaws.com` });
const sms = (person: string): Subscriber => ({ person, protocol: 'sms', endpoint: `+1555555${person.length}` });
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
  drift(DEPLOYED, [level, operations], [{ people: ['ada', 'ben'] }], NOW);

describe('subscription drift', () => {
  it('is empty when all subscriptions are confirmed, whoever else is subscribed and in whatever case', () => {
    const stranger = { protocol: 'https', endpoint: 'https://example.com', arn: 'PendingConfirmation' };
    const shouting = { ...email('ben'), endpoint: 'Ben@MockupAWS.com' };
    const all = [...LEVEL.slice(0, 2), shouting].map(subscriber => listed(subscriber));
    expect(found([stranger, ...all])).toEqual({ unconfirmed: [], levelsWithoutAnybody: [] });
  });

  it('names person, protocol and topic, never an address', () => {
    const drifted = found([listed(email('ada'), 'PendingConfirmation'), listed(email('ben'), 'Deleted')], []);
    expect(drifted.unconfirmed).toEqual([
      { topic: 'level 1', person: 'ada', protocol: 'email', state: 'pending' },
      { topic: 'level 1', person: 'ada', protocol: 'sms', state: 'missing' },
      { topic: 'level 1', person: 'ben', protocol: 'email', state: 'missing' },
      { topic: 'operations', person: 'olga', protocol: 'email', state: 'missing' },
    ]);
    expect(JSON.stringify(drifted)).not.toMatch(/@|\+1/);
  });

  it('ends when a subscription is confirmed anew, though SNS still lists the old one', () => {
    const all = LEVEL.map(subscriber => listed(subscriber));
    expect(found([listed(email('ada'), 'Deleted'), ...all]).unconfirmed).toEqual([]);
  });

  it('leaves a level without anybody exactly when nobody on call has confirmed', () => {
    const ARNS = ['arn:aws:sns:us-east-1:123456789012:topic:1', 'PendingConfirmation', 'Deleted'];
    const rotation = { timeZone: 'UTC', since: '2026-04-06', at: '09:00', overrides: [] };
    const states = fc.array(fc.constantFrom(...ARNS), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(states, fc.boolean(), (arns, turns) => {
        const level = LEVEL.map((subscriber, i) => listed(subscriber, arns[i]));
        const roster = { people: ['ada', 'ben'], ...(turns ? { rotation } : {}) };
        const { levelsWithoutAnybody } = drift(DEPLOYED.slice(0, 1), [level], [roster], NOW);
        const confirmed = arns.map(arn => arn.startsWith('arn:'));
        const reached = turns ? confirmed.slice(0, 2) : confirmed;
        expect(levelsWithoutAnybody).toEqual(reached.includes(true) ? [] : [1]);
      }),
    );
  });
});
