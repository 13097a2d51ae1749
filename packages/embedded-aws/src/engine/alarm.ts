/**
 * The evaluation of a CloudWatch metric alarm, after "Configuring how CloudWatch alarms treat missing data": M out of N,
 * missing data, and premature alarms. Wording and reasonData are those of real state changes.
 */
import { Unsupported } from '../unsupported.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';
export type ComparisonOperator = keyof typeof operators;

export type Alarm = {
  comparisonOperator: string;
  threshold: number;
  evaluationPeriods: number;
  datapointsToAlarm?: number;
  treatMissingData?: string;
};

/** Facts for the wording. `lastPeriod` is the start of the period of the newest datapoint. */
export type Metadata = {
  /** Undefined for an alarm on metric math, whose reasonData names no statistic. */
  statistic?: string;
  /** In seconds. */
  period: number;
  lastPeriod: Date;
  queryDate: Date;
  /** One for each datapoint, where known. */
  sampleCounts?: readonly (number | undefined)[];
};

export type Evaluation = { state: AlarmState; reason: string; reasonData: string };

const operators = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, limit: number) => value >= limit,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: { breaches: (value: number, limit: number) => value > limit, words: 'greater than' },
  LessThanThreshold: { breaches: (value: number, limit: number) => value < limit, words: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, limit: number) => value <= limit,
    words: 'less than or equal to',
  },
};

const treatments: readonly string[] = ['breaching', 'notBreaching', 'ignore', 'missing'];

/** The number of datapoints to ask for. AWS gives no formula; its one documented example reads 5 for 3 evaluation periods. */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/** Throws when an alarm is not one that this engine evaluates as CloudWatch does. */
export function validateAlarm(alarm: Alarm): asserts alarm is Alarm & { comparisonOperator: ComparisonOperator } {
  const { comparisonOperator, evaluationPeriods: n, datapointsToAlarm: m = n, treatMissingData = 'missing' } = alarm;
  if (!Object.hasOwn(operators, comparisonOperator)) throw new Unsupported('ComparisonOperator', comparisonOperator);
  if (!treatments.includes(treatMissingData)) throw new Unsupported('TreatMissingData', treatMissingData);
  if (!Number.isInteger(n) || n < 1) throw new Unsupported('EvaluationPeriods', String(n));
  if (!Number.isInteger(m) || m < 1 || m > n) throw new Unsupported('DatapointsToAlarm', `${m} of ${n}`);
  if (!Number.isFinite(alarm.threshold)) throw new Unsupported('Threshold', String(alarm.threshold));
}

/** `datapoints` is the evaluation range, oldest first; undefined is a period without data. */
export function evaluate(alarm: Alarm, datapoints: Datapoints, previous: AlarmState, metadata: Metadata): Evaluation {
  validateAlarm(alarm);
  const { evaluationPeriods: n, datapointsToAlarm: m = n, treatMissingData = 'missing', threshold } = alarm;
  if (datapoints.length < n) throw new Unsupported('datapoints', `${datapoints.length} for ${n} evaluation periods`);
  const operator = operators[alarm.comparisonOperator];
  const real = newest(datapoints, n, metadata);
  const breaching = real.filter(({ value }) => operator.breaches(value, threshold));
  const filled = n - real.length;
  const state = decide();
  return {
    state: state ?? previous,
    // Only a change of state is put into words.
    get reason() {
      return reason();
    },
    get reasonData() {
      return reasonData();
    },
  };

  /** undefined: the state is kept. */
  function decide(): AlarmState | undefined {
    if (breaching.length >= m) return 'ALARM';
    if (filled === 0 || treatMissingData === 'notBreaching') return 'OK';
    if (treatMissingData === 'breaching') return breaching.length + filled >= m ? 'ALARM' : 'OK';
    if (breaching.length < real.length) return 'OK';
    if (treatMissingData === 'ignore') return undefined;
    if (real.length === 0) return 'INSUFFICIENT_DATA';
    // Nothing but breaching and missing data: an alarm as soon as the oldest is as old as DatapointsToAlarm, not before.
    return (breaching[0]?.age ?? 0) >= m ? 'ALARM' : undefined;
  }

  function reason(): string {
    if (state === undefined) return `Unchanged: ${filled} of ${n} datapoints were missing.`;
    if (state === 'INSUFFICIENT_DATA')
      return `Insufficient Data: ${count(n, 'datapoint')} ${n === 1 ? 'was' : 'were'} unknown.`;
    const alarming = state === 'ALARM';
    const crossed = alarming ? breaching : real.filter(item => !breaching.includes(item));
    const needed = alarming ? m : n - m + 1;
    const filler =
      treatMissingData === 'breaching' ? 'Breaching' : treatMissingData === 'notBreaching' ? 'NonBreaching' : undefined;
    if (filler && filled > 0 && crossed.length < needed) {
      const received =
        real.length === 0
          ? 'no datapoints were'
          : `${count(real.length, 'datapoint')} ${real.length === 1 ? 'was' : 'were'}`;
      const treated = `${count(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${filler}]`;
      return `Threshold Crossed: ${received} received for ${count(n, 'period')} and ${treated}.`;
    }
    const how = `${crossed.length === 1 ? 'was' : 'were'} ${alarming ? '' : 'not '}${operator.words} the threshold (${double(threshold)})`;
    const who =
      alarm.datapointsToAlarm === undefined
        ? count(crossed.length, 'datapoint')
        : `${crossed.length} out of the last ${n} datapoints`;
    const shown = crossed
      .slice(-5)
      .reverse()
      .map(item => `${double(item.value)} (${short(item.at)})`)
      .join(', ');
    const transition = alarming ? 'OK -> ALARM' : 'ALARM -> OK';
    const minimum =
      alarm.datapointsToAlarm === undefined
        ? ''
        : ` (minimum ${count(needed, 'datapoint')} for ${transition} transition)`;
    return crossed.length < 5
      ? `Threshold Crossed: ${who} [${shown}] ${how}${minimum}.`
      : `Threshold Crossed: ${who} ${how}. The most recent datapoints which crossed the threshold: [${shown}]${minimum}.`;
  }

  /** Written out, because CloudWatch writes 50.0 where JSON.stringify writes 50. */
  function reasonData(): string {
    const range = datapoints.map((_, i) => point(datapoints, i, metadata));
    const absent = range.filter(({ value }) => value === undefined);
    const evaluated = [...real, ...absent.slice(absent.length - filled)].sort((a, b) => a.age - b.age);
    const fields = [
      `"version":"1.0"`,
      `"queryDate":"${stamp(metadata.queryDate)}"`,
      ...(real[0] ? [`"startDate":"${stamp(new Date(real[0].at))}"`] : []),
      ...(metadata.statistic === undefined ? [] : [`"statistic":${JSON.stringify(metadata.statistic)}`]),
      `"period":${metadata.period}`,
      `"recentDatapoints":[${real.map(({ value }) => double(value)).join(',')}]`,
      `"threshold":${double(threshold)}`,
      `"evaluatedDatapoints":[${evaluated.map(described).join(',')}]`,
    ];
    return `{${fields.join(',')}}`;
  }
}

type Point = { value: number | undefined; at: number; age: number; samples: number | undefined };

type Datapoints = readonly (number | undefined)[];

/** The newest `most` of the datapoints that have a value, oldest first. */
function newest(datapoints: Datapoints, most: number, metadata: Metadata): (Point & { value: number })[] {
  const found: (Point & { value: number })[] = [];
  for (let i = datapoints.length - 1; i >= 0 && found.length < most; i--) {
    const value = datapoints[i];
    if (value !== undefined) found.push({ ...point(datapoints, i, metadata), value });
  }
  return found.reverse();
}

function point(datapoints: Datapoints, index: number, { lastPeriod, period, sampleCounts }: Metadata): Point {
  const age = datapoints.length - index;
  return {
    value: datapoints[index],
    age,
    at: lastPeriod.getTime() - (age - 1) * period * 1000,
    samples: sampleCounts?.[index],
  };
}

function described({ value, at, samples }: Point): string {
  const sampled = value === undefined || samples === undefined ? '' : `,"sampleCount":${double(samples)}`;
  return `{"timestamp":"${stamp(new Date(at))}"${sampled}${value === undefined ? '' : `,"value":${double(value)}`}}`;
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** 2019-10-02T17:04:40.985+0000 */
export const stamp = (date: Date): string => date.toISOString().replace('Z', '+0000');

/** 02/10/19 16:59:00 */
const short = (time: number) => new Date(time).toISOString().replace(/^..(..)-(..)-(..)T(.{8}).*$/, '$3/$2/$1 $4');

/** A number as Java prints a double: 50.0, 0.067, 1.2E7. */
function double(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
