import { describe, expect, it } from 'vitest';
import {
  type Alarm,
  type AlarmState,
  evaluate,
  evaluationRange,
  type TreatMissingData,
} from '../../src/engine/alarm.ts';
import { Unsupported } from '../../src/unsupported.ts';

const metadata = {
  statistic: 'Average',
  period: 60,
  lastPeriod: new Date('2019-10-02T16:59:00Z'),
  queryDate: new Date('2019-10-02T17:04:40.985Z'),
};
const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** 0 does not breach, X does, - is missing: the notation of the user guide. */
const drawn = (picture: string) => picture.split(' ').map(mark => (mark === '-' ? undefined : mark === 'X' ? 99 : 1));

function stateOf(picture: string, m: number, treatMissingData: TreatMissingData, previous: AlarmState) {
  const alarm = {
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 50,
    evaluationPeriods: 3,
    datapointsToAlarm: m,
    treatMissingData,
  };
  return evaluate(alarm, drawn(picture), previous, metadata).state;
}

const kept = 'kept';
type Row = [string, ...(AlarmState | typeof kept)[]];

function check(m: number, [picture, ...columns]: Row) {
  for (const [i, treatment] of treatments.entries())
    for (const previous of states) {
      const expected = columns[i] === kept ? previous : columns[i];
      expect(stateOf(picture, m, treatment, previous), `${treatment}, from ${previous}`).toBe(expected);
    }
}

describe('the documented tables of missing data, evaluation range 5', () => {
  it.each<Row>([
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', 'INSUFFICIENT_DATA', kept, 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', kept, 'ALARM', 'OK'],
  ])('3 out of 3: %s', (...row) => check(3, row));

  it.each<Row>([
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', kept, 'ALARM', 'OK'],
  ])('2 out of 3: %s', (...row) => check(2, row));

  it('does not alarm prematurely', () => {
    for (const picture of ['- - - - X', '- - - X -'])
      for (const previous of states) expect(stateOf(picture, 3, 'missing', previous)).toBe(previous);
    for (const picture of ['- - - X 0', '- - X - 0']) expect(stateOf(picture, 3, 'missing', 'ALARM')).toBe('OK');
    expect(stateOf('- X - - X', 3, 'missing', 'OK')).toBe('ALARM');
  });

  it('reads further back than the evaluation periods only for missing data', () => {
    expect(stateOf('X X 0 X X', 3, 'missing', 'OK')).toBe('OK');
    expect(stateOf('0 X X X -', 3, 'notBreaching', 'OK')).toBe('ALARM');
  });
});

describe('the four comparisons', () => {
  it.each([
    ['GreaterThanThreshold', [false, false, true]],
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
    ['LessThanThreshold', [true, false, false]],
    ['LessThanOrEqualToThreshold', [true, true, false]],
  ])('%s', (comparisonOperator, expected) => {
    const alarm = { comparisonOperator, threshold: 10, evaluationPeriods: 1 };
    expect([9.9, 10, 10.1].map(value => evaluate(alarm, [value], 'OK', metadata).state === 'ALARM')).toEqual(expected);
  });
});

describe('wording, as real state changes have it', () => {
  const one: Alarm = {
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 50,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
  };
  const reason = (alarm: Partial<Alarm>, values: (number | undefined)[], previous: AlarmState = 'OK') =>
    evaluate({ ...one, ...alarm }, values, previous, metadata).reason;

  it('one out of one, and back, as in the user guide', () => {
    expect(reason({}, [99.50160229693434])).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 (02/10/19 16:59:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).',
    );
    expect(reason({}, [0.0666851903306472], 'ALARM')).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [0.0666851903306472 (02/10/19 16:59:00)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).',
    );
  });

  it('three out of three, newest first; recovery names those that did not cross', () => {
    const three = { evaluationPeriods: 3, datapointsToAlarm: 3, threshold: 0.005 };
    expect(reason(three, [0.01, 0.02, 0.03])).toBe(
      'Threshold Crossed: 3 out of the last 3 datapoints [0.03 (02/10/19 16:59:00), 0.02 (02/10/19 16:58:00), 0.01 (02/10/19 16:57:00)] were greater than the threshold (0.005) (minimum 3 datapoints for OK -> ALARM transition).',
    );
    expect(reason(three, [0.01, 0.002, 0.001], 'ALARM')).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [0.001 (02/10/19 16:59:00), 0.002 (02/10/19 16:58:00)] were not greater than the threshold (0.005) (minimum 1 datapoint for ALARM -> OK transition).',
    );
  });

  it('five and more are told apart, and only the newest five are shown', () => {
    const five = {
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 324,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
    };
    expect(reason(five, [400, 390, 380, 370, 360])).toBe(
      'Threshold Crossed: 5 out of the last 5 datapoints were greater than or equal to the threshold (324.0). The most recent datapoints which crossed the threshold: [360.0 (02/10/19 16:59:00), 370.0 (02/10/19 16:58:00), 380.0 (02/10/19 16:57:00), 390.0 (02/10/19 16:56:00), 400.0 (02/10/19 16:55:00)] (minimum 5 datapoints for OK -> ALARM transition).',
    );
    expect(reason({ evaluationPeriods: 30, datapointsToAlarm: 30 }, Array(30).fill(60))).toContain(
      '30 out of the last 30 datapoints were greater than',
    );
    expect(reason({ evaluationPeriods: 30, datapointsToAlarm: 30 }, Array(30).fill(60)).match(/60\.0/g)).toHaveLength(
      5,
    );
  });

  it('without DatapointsToAlarm', () => {
    const { datapointsToAlarm: _, ...every } = one;
    expect(evaluate({ ...every, threshold: 0 }, [1], 'OK', metadata).reason).toBe(
      'Threshold Crossed: 1 datapoint [1.0 (02/10/19 16:59:00)] was greater than the threshold (0.0).',
    );
  });

  it('missing data, filled', () => {
    const three = { evaluationPeriods: 3, datapointsToAlarm: 3 };
    const none = [undefined, undefined, undefined];
    expect(reason({ treatMissingData: 'breaching' }, [undefined])).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    );
    expect(reason({ ...three, treatMissingData: 'notBreaching' }, none, 'ALARM')).toBe(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
    );
    expect(reason({ ...three, treatMissingData: 'breaching' }, [undefined, 60, undefined])).toBe(
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    );
    expect(reason(three, none)).toBe('Insufficient Data: 3 datapoints were unknown.');
    expect(reason({}, [undefined])).toBe('Insufficient Data: 1 datapoint was unknown.');
  });

  it('an alarm on a single old datapoint says that three were needed', () => {
    expect(
      reason({ comparisonOperator: 'LessThanThreshold', threshold: 1, evaluationPeriods: 3, datapointsToAlarm: 3 }, [
        0,
        undefined,
        undefined,
      ]),
    ).toBe(
      'Threshold Crossed: 1 out of the last 3 datapoints [0.0 (02/10/19 16:57:00)] was less than the threshold (1.0) (minimum 3 datapoints for OK -> ALARM transition).',
    );
  });
});

describe('reasonData', () => {
  const three: Alarm = {
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 50,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  };

  it('is written as CloudWatch writes it, doubles and all', () => {
    expect(
      evaluate({ ...three, evaluationPeriods: 1, datapointsToAlarm: 1 }, [99], 'OK', { ...metadata, sampleCounts: [5] })
        .reasonData,
    ).toBe(
      '{"version":"1.0","queryDate":"2019-10-02T17:04:40.985+0000","startDate":"2019-10-02T16:59:00.000+0000","statistic":"Average","period":60,"recentDatapoints":[99.0],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"2019-10-02T16:59:00.000+0000","sampleCount":5.0,"value":99.0}]}',
    );
  });

  it('names no statistic for metric math, no start without data, and what was missing', () => {
    const { statistic: _, ...math } = metadata;
    expect(JSON.parse(evaluate(three, [undefined, undefined, undefined], 'OK', math).reasonData)).toEqual({
      version: '1.0',
      queryDate: '2019-10-02T17:04:40.985+0000',
      period: 60,
      recentDatapoints: [],
      threshold: 50,
      evaluatedDatapoints: ['16:59', '16:58', '16:57'].map(time => ({ timestamp: `2019-10-02T${time}:00.000+0000` })),
    });
  });

  it('lists what was evaluated: recent oldest first, evaluated newest first, further back where data was missing', () => {
    const data = JSON.parse(evaluate(three, [60, 70, undefined, 80], 'OK', metadata).reasonData);
    expect(data.recentDatapoints).toEqual([60, 70, 80]);
    expect(data.startDate).toBe('2019-10-02T16:56:00.000+0000');
    expect(data.evaluatedDatapoints.map((item: { value: number }) => item.value)).toEqual([80, 70, 60]);
  });

  it('counts what was filled in among what was evaluated, and only that', () => {
    const data = JSON.parse(
      evaluate(three, [60, undefined, undefined, undefined, undefined], 'OK', metadata).reasonData,
    );
    expect(data.recentDatapoints).toEqual([60]);
    expect(data.evaluatedDatapoints).toEqual([
      { timestamp: '2019-10-02T16:59:00.000+0000' },
      { timestamp: '2019-10-02T16:58:00.000+0000' },
      { timestamp: '2019-10-02T16:55:00.000+0000', value: 60 },
    ]);
  });

  it('prints large and small numbers as Java does', () => {
    const { reasonData } = evaluate({ ...three, threshold: 12_000_000 }, [0.00012, 1e21, 9_999_999], 'OK', metadata);
    expect(reasonData).toContain('"recentDatapoints":[1.2E-4,1.0E21,9999999.0],"threshold":1.2E7');
  });
});

describe('refusals', () => {
  const alarm: Alarm = { comparisonOperator: 'GreaterThanThreshold', threshold: 1, evaluationPeriods: 3 };
  it.each<[string, Partial<Alarm>, (number | undefined)[]]>([
    ['anomaly detection', { comparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' }, [1, 2, 3]],
    ['a treatment that does not exist', { treatMissingData: 'notbreaching' }, [1, 2, 3]],
    ['more datapoints to alarm than periods', { datapointsToAlarm: 4 }, [1, 2, 3]],
    ['no period', { evaluationPeriods: 0 }, [1, 2, 3]],
    ['no threshold', { threshold: Number.NaN }, [1, 2, 3]],
    ['too few datapoints', {}, [1, 2]],
  ])('%s', (_, changes, values) => {
    expect(() => evaluate({ ...alarm, ...changes }, values, 'OK', metadata)).toThrow(Unsupported);
  });

  it('reads five datapoints for three periods', () => expect(evaluationRange(3)).toBe(5));
});
