import { expect, test } from 'vitest';
import { of, Story, step, types } from '../../support/story.ts';

const ADA = { by: 'ada', via: 'command line' } as const;
const withdraw = { type: 'withdraw acknowledgement', ...ADA } as const;

function opened(alarm = 'critical'): Story {
  const story = new Story(step('kill-idle'));
  story.fires(alarm);
  return story;
}

test('a withdrawn acknowledgement calls the first level at once, and the path climbs from that minute', () => {
  const story = opened();
  story.at(4).acknowledges('ada');
  expect(types(story.at(20).tell({ ...withdraw, reason: 'no laptop here' }))).toEqual([
    'AcknowledgementWithdrawn',
    'Escalated',
  ]);
  expect(of(story.incident.timeline, 'Escalated').at(-1)).toMatchObject({
    level: 1,
    reason: 'the acknowledgement by ada was withdrawn: no laptop here',
  });
  expect(story.incident.acknowledged).toBeUndefined();
  expect(story.incident.commander).toBe('ada');
  expect(of(story.watchesFrom(20, 34).incident.timeline, 'Escalated').map(({ level }) => level)).toEqual([1, 1]);
  expect(of(story.at(35).watches(), 'Escalated')).toMatchObject([{ level: 2 }]);
});

test('below paging severities nobody is called', () => {
  const story = opened('warning');
  story.acknowledges();
  expect(types(story.tell(withdraw))).toEqual(['AcknowledgementWithdrawn']);
  expect(story.watchesFrom(1, 60).incident.escalation).toBeUndefined();
});

test.each<[string, (story: Story) => void]>([
  ['nobody has given', () => undefined],
  ['has expired', story => void story.at(0).acknowledges()],
  ['is withdrawn already', story => [story.at(39).acknowledges(), story.tell(withdraw)]],
])('an acknowledgement that %s cannot be withdrawn', (_, before) => {
  const story = opened();
  before(story);
  expect(story.at(40).tell(withdraw)).toEqual([]);
  expect(story.refused).toBe('INC-2026-04-07-001 is not acknowledged');
});
