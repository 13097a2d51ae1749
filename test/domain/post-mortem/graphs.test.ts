import { expect, test } from 'vitest';
import { alarmsThatFired, drawings, type WatchedAlarm } from '../../../lambda/domain/post-mortem/graphs.ts';
import { DEPLOYED } from '../../support/responder.ts';
import { minute, policy, Story } from '../../support/story.ts';

/** What the documentation of GetMetricWidgetImage lets a widget hold; alarms as annotations are not among it. */
const DOCUMENTED = [
  ...['metrics', 'annotations', 'start', 'end', 'width', 'height', 'legend', 'period', 'stacked', 'title', 'view'],
  ...['yAxis', 'timezone'],
];

const story = Story.under(policy([]));
story.fires('warning');
story.at(2).fires('critical');
story.at(3).fires('warning', { at: minute(3) });
story.at(4).responds();
story.at(20).clears('critical');
story.clears('warning');
story.at(26).resolves();
const { incident } = story;

const alarm = (name: string, period = 60): WatchedAlarm => ({
  ...{ name, period, threshold: 1377, description: `${name} is high` },
  lines: [['AWS/RDS', 'DatabaseConnections', { stat: 'Average' }]],
});
const draw = (alarms: WatchedAlarm[], end = minute(56)) =>
  drawings(incident, alarms, DEPLOYED.resources, [minute(-30), end]);

test('each alarm that fired is drawn once, in the order of firing, and no more than ten are', () => {
  expect(alarmsThatFired(incident)).toEqual({ drawn: ['warning', 'critical'], rest: [] });
  const many = Story.under(policy([]));
  for (let i = 0; i < 12; i++) many.fires(`critical ${i}`);
  const { drawn, rest } = alarmsThatFired(many.incident);
  expect([drawn.length, rest]).toEqual([10, ['critical 10', 'critical 11']]);
});

test('a widget has only documented fields: metrics, the threshold, and lines for began, opened, mitigated and resolved', () => {
  const [share, warning] = draw([alarm('warning')]);
  for (const { widget } of [share, warning].filter(each => each !== undefined)) {
    expect(Object.keys(widget).filter(key => !DOCUMENTED.includes(key))).toEqual([]);
    expect(widget).toMatchObject({ start: minute(-30), end: minute(56), timezone: '+0000', period: 60 });
    expect(widget['annotations']).toMatchObject({
      vertical: [
        { value: minute(0), label: 'began' },
        { value: minute(0), label: 'opened' },
        { value: minute(20), label: 'mitigated' },
        { value: minute(26), label: 'resolved' },
      ],
    });
  }
  expect(warning?.widget['annotations']).toMatchObject({ horizontal: [{ value: 1377 }] });
  expect(share?.widget['metrics']).toContainEqual([
    { expression: '100 * (FILL(errors, 0) + FILL(refused, 0)) / requests', id: 'share', label: 'Failed' },
  ]);
});

test('the file of a graph is named after its alarm, and the name is unique and safe', () => {
  const files = draw([alarm('../../etc/passwd'), alarm('A b'), alarm('a_b'), alarm('日本')]).map(({ file }) => file);
  expect(files).toEqual(['1-requests-that-failed.png', '2-etc-passwd.png', '3-a-b.png', '4-a-b.png', '5-alarm.png']);
});

test('the graph of a long incident asks for no more points than it shows', () => {
  const [share, daily] = draw([alarm('days', 86_400)], minute(30 * 1440));
  const period = Number(share?.widget['period']);
  expect(period % 60).toBe(0);
  expect((30 * 1440 * 60) / period).toBeLessThanOrEqual(501);
  expect(daily?.widget['period']).toBe(86_400);
});
