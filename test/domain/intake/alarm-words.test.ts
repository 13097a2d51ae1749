import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmWords, type JudgedAlarm } from '../../../lambda/domain/intake/alarm-words.ts';

const ABOVE = 'Threshold Crossed: 1 datapoint [1.0 (07/04/26 09:30:00)] was greater than the threshold (0.25).';
const AT = 'Threshold Crossed: 1 datapoint [1.0 (07/04/26 09:30:00)] was greater than or equal to the threshold (5.0).';
const BELOW = 'Threshold Crossed: 1 datapoint [1.0 (07/04/26 09:30:00)] was less than the threshold (1.0).';

const alarm = (given: Partial<JudgedAlarm>, data?: object): JudgedAlarm => ({
  ...{ name: 'shop-alarm', state: 'ALARM', level: 'warning' },
  ...(data && { reasonData: JSON.stringify(data) }),
  ...given,
});
const probed = (name: string, statistic = 'Average') => ({ namespace: 'IncidentResponse', name, statistic });

describe('an alarm in words', () => {
  it.each<[string, JudgedAlarm, string]>([
    [
      'a share, which no rounding takes away',
      alarm(
        { description: 'Requests failing', reason: AT, metric: probed('ErrorShare') },
        { threshold: 0.05, recentDatapoints: [0.07] },
      ),
      'Requests failing: 7 % (warning at 5 %)',
    ],
    [
      'a bound that must be exceeded',
      alarm(
        { description: 'Requests failing', level: 'critical', reason: ABOVE, metric: probed('ErrorShare') },
        { threshold: 0.25, recentDatapoints: [0.3, 0.4, null] },
      ),
      'Requests failing: 40 % (critical above 25 %)',
    ],
    [
      'a count with its thousands',
      alarm(
        { description: 'Connections', reason: AT, metric: { namespace: 'AWS/RDS', name: 'DatabaseConnections' } },
        { threshold: 1377, recentDatapoints: [1722] },
      ),
      'Connections: 1,722 (warning at 1,377)',
    ],
    [
      'a small number of a metric of a user',
      alarm(
        { description: 'Queue ratio', reason: BELOW, metric: { namespace: 'Shop', name: 'Ratio' } },
        { threshold: 0.3, recentDatapoints: [0.0271] },
      ),
      'Queue ratio: 0.027 (warning below 0.3)',
    ],
    [
      'the unit that the alarm names',
      alarm(
        { description: 'Checkout', reason: AT, metric: { namespace: 'Shop', name: 'Checkout', unit: 'Seconds' } },
        { threshold: 2, recentDatapoints: [2.345] },
      ),
      'Checkout: 2.3 s (warning at 2 s)',
    ],
    [
      'an alarm without a description',
      alarm({ description: '', reason: AT }, { threshold: 5, recentDatapoints: [9] }),
      'shop-alarm: 9 (warning at 5)',
    ],
    [
      'the band of an anomaly',
      alarm(
        { description: 'Orders', reason: 'Thresholds Crossed' },
        { recentDatapoints: [0], recentLowerThresholds: [20.25], recentUpperThresholds: [300.75] },
      ),
      'Orders: 0 (expected 20.3 to 300.8)',
    ],
    [
      'a composite alarm',
      alarm(
        { description: 'Shop is ill' },
        {
          triggeringAlarms: [
            { arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b' },
            { arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:c' },
          ],
        },
      ),
      'Shop is ill: through a:b, c',
    ],
    [
      'an alarm of which CloudWatch says only why',
      alarm({ description: 'Many series', reason: '2 contributors in ALARM' }),
      'Many series: 2 contributors in ALARM',
    ],
    [
      'what is so or is not',
      alarm(
        { description: 'The database refuses writes', metric: probed('WriterReadOnly', 'Minimum') },
        { threshold: 1, recentDatapoints: [1] },
      ),
      'The database refuses writes',
    ],
    [
      'an alarm that has cleared',
      alarm(
        { description: 'Requests failing', state: 'OK', reason: AT, metric: probed('ErrorShare') },
        { threshold: 0.05, recentDatapoints: [0.001] },
      ),
      'Requests failing: 0.1 % (warning at 5 %), cleared',
    ],
  ])('%s', (_, given, words) => {
    expect(alarmWords(given)).toBe(words);
  });

  it('is one readable line, whatever CloudWatch says', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const numbers = fc.array(fc.option(number));
    const data = fc.record(
      {
        threshold: number,
        recentDatapoints: numbers,
        recentLowerThresholds: numbers,
        recentUpperThresholds: numbers,
        triggeringAlarms: fc.array(fc.record({ arn: fc.string() })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.record({
          name: fc.string({ minLength: 1 }),
          description: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
          state: fc.constantFrom('OK' as const, 'ALARM' as const, 'INSUFFICIENT_DATA' as const),
          reason: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
          reasonData: fc.oneof(
            fc.string(),
            data.map(value => JSON.stringify(value)),
            fc.constant(null),
          ),
        }),
        given => {
          const words = alarmWords(given);
          expect(words).not.toMatch(/NaN|(?!\n)\p{Cc}|[\u202a-\u202e]/u);
        },
      ),
    );
  });
});
