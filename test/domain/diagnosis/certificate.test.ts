import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byArns,
  type EndpointCertificate,
  gradeOf,
  type HeldCertificate,
  needsReplacement,
  renewalFault,
  type WatchedCertificate,
  within,
} from '../../../lambda/domain/diagnosis/certificate.ts';

const NOW = new Date('2026-04-07T10:00:00.000Z');
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const BOUNDS = { warningDays: 30, criticalDays: 7 };

const held = (changes: Partial<HeldCertificate> = {}): HeldCertificate => ({
  ...{ arn: 'arn:certificate', status: 'ISSUED', type: 'AMAZON_ISSUED', names: ['example.com'], inUse: true },
  ...{ notAfter: inDays(100), validation: 'DNS', records: [] },
  ...changes,
});
const watched: WatchedCertificate = {
  ...{ arn: 'arn:certificate', hosts: ['example.com'], hostedZoneId: 'Z1', listenerArns: [] },
};
const served = (changes: Partial<EndpointCertificate> = {}): EndpointCertificate => ({
  ...{ host: 'example.com', protocol: 'TLSv1.3', notAfter: inDays(100), names: ['example.com'], matches: true },
  ...changes,
});

describe('the grade of a certificate', () => {
  it('is the worst of its reasons, and all of them are listed', () => {
    const all = served({ matches: false, distrust: 'SELF_SIGNED', notAfter: inDays(-1), oldProtocols: true });
    expect(gradeOf(all, NOW)).toMatchObject({ grade: 'M', reasons: { length: 4 } });
    expect(gradeOf({ ...all, matches: true }, NOW).grade).toBe('T');
    expect(gradeOf({ ...all, matches: true, distrust: undefined }, NOW).grade).toBe('F');
  });

  it('is A if, and only if, no reason speaks against it', () => {
    const property = fc.property(
      ...([fc.boolean(), fc.boolean(), fc.integer({ min: -400, max: 400 }), fc.option(fc.boolean())] as const),
      (matches, distrusted, days, old) => {
        const one = served({
          matches,
          distrust: distrusted ? 'x' : undefined,
          notAfter: inDays(days),
          oldProtocols: old ?? undefined,
        });
        const good = matches && !distrusted && days > 30 && !old;
        const { grade, reasons } = gradeOf(one, NOW);
        expect([grade === 'A', reasons.length === 0]).toEqual([good, good]);
      },
    );
    fc.assert(property);
  });
});

describe('a certificate', () => {
  const needs = (changes: Partial<HeldCertificate>, of = watched) => needsReplacement(held(changes), of, BOUNDS, NOW);

  it('needs replacement when it cannot renew, and always in its last week', () => {
    expect(needs({ notAfter: inDays(29), renewal: 'PENDING_VALIDATION' })).toBe(false);
    expect(needs({ notAfter: inDays(29), renewal: 'FAILED' })).toBe(true);
    expect(needs({ notAfter: inDays(29), validation: 'EMAIL' })).toBe(true);
    expect(needs({ notAfter: inDays(7) })).toBe(true);
    expect(needs({ notAfter: inDays(-1) })).toBe(true);
  });

  it('needs no replacement with time left, unused, without a hosted zone, or imported', () => {
    expect(needs({ notAfter: inDays(31), renewal: 'FAILED' })).toBe(false);
    expect(needs({ notAfter: inDays(5), inUse: false })).toBe(false);
    expect(needs({ notAfter: inDays(5) }, { ...watched, hostedZoneId: undefined })).toBe(false);
    expect(needs({ notAfter: inDays(5), type: 'IMPORTED' })).toBe(false);
    expect(needs({ notAfter: inDays(5), type: 'PRIVATE' })).toBe(false);
  });
});

it('a pending renewal is a fault from 45 days before expiry and a failed one at once, if ACM renews the certificate and it is in use', () => {
  const fault = (changes: Partial<HeldCertificate>) => renewalFault(held(changes), NOW) !== undefined;
  const waits = { renewal: 'PENDING_VALIDATION', notAfter: inDays(46) };
  expect([fault(waits), fault({ ...waits, notAfter: inDays(45) })]).toEqual([false, true]);
  expect(fault({ renewal: 'FAILED' })).toBe(true);
  expect(fault({ renewal: 'FAILED', inUse: false })).toBe(false);
  expect(fault({ renewal: 'FAILED', type: 'IMPORTED' })).toBe(false);
  expect(fault({ renewal: 'SUCCESS', notAfter: inDays(1) })).toBe(false);
});

it('certificates are selected by ARN, and one that is not configured is named', () => {
  const all = ['a', 'b', 'c'].map(arn => ({ arn }));
  expect(byArns(all, ['c', 'a'])).toEqual([{ arn: 'a' }, { arn: 'c' }]);
  expect(byArns(all, ['c', 'x', 'y'])).toEqual({ unknown: 'not configured: x, y' });
});

it('a name is in a hosted zone by whole labels, whatever its case and its last dot', () => {
  expect(within('_a.WWW.example.com.', 'example.com')).toBe(true);
  expect(within('example.com', 'example.com.')).toBe(true);
  expect(within('_a.notexample.com.', 'example.com.')).toBe(false);
});
