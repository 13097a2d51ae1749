import { describe, expect, it, test } from 'vitest';
import type { TicketNews } from '../../lambda/domain/incident/ticket.ts';
import { formatEvent } from '../../lambda/domain/messages/log.ts';
import { isAcknowledged } from '../../lambda/domain/on-call/acknowledgement.ts';
import { minute, Story, temporary, types } from '../support/story.ts';

const TITLE = 'P2 INC-2026-04-07-001 mockupAWS Database Connections Exhausted';
const TICKET = { system: 'pagerduty', ref: 'PGR0VU1', title: TITLE, status: 'open' } as const;

type Change = TicketNews['change'];

function followed(): Story {
  const story = new Story(temporary('first'));
  story.fires();
  story.tell({ type: 'hear of ticket', by: 'PagerDuty', agent: 'system', change: 'opened', ticket: TICKET });
  return story;
}

/** What grace did in the ticket at a minute is told now. */
const hears = (story: Story, change: Change, occurred: number) =>
  story.tell({
    ...{ type: 'hear of ticket', by: 'grace', via: 'pagerduty', agent: 'person', change, ticket: TICKET },
    occurredAt: minute(occurred),
  });
const last = (story: Story) => {
  const event = story.incident.timeline.at(-1);
  return event && formatEvent(event, story.incident)[1];
};

function* orders<T>(all: readonly T[]): Generator<T[]> {
  if (all.length === 0) yield [];
  for (const [i, one] of all.entries()) for (const rest of orders(all.toSpliced(i, 1))) yield [one, ...rest];
}

describe('an acknowledgement in the ticket that is told late', () => {
  it('holds from when it was given, not from when it was told', () => {
    const story = followed().at(20);
    expect(types(hears(story, 'acknowledged', 5))).toEqual(['Acknowledged']);
    expect(story.incident.acknowledged?.until).toBe(minute(35));
  });

  it('stops no escalation once it would have expired', () => {
    const story = followed().at(180);
    expect(types(hears(story, 'acknowledged', 5))).toEqual(['TicketChanged']);
    expect(story.incident.acknowledged).toBeUndefined();
    expect(last(story)).toBe('ticket acknowledged by grace (pagerduty): at 09:35 UTC, and it has expired since');
  });

  it('does not answer for what was withdrawn elsewhere meanwhile', () => {
    const story = followed().at(6);
    story.tell({ type: 'acknowledge', by: 'ada', via: 'link' });
    story.at(8).tell({ type: 'withdraw acknowledgement', by: 'ada', via: 'link' });
    story.at(10);
    expect(types(hears(story, 'acknowledged', 5))).toEqual(['TicketChanged']);
    expect(last(story)).toBe('ticket acknowledged by grace (pagerduty): at 09:35 UTC, and overtaken since');
  });

  it('counts from now if the clock of the other system is ahead', () => {
    const story = followed().at(5);
    hears(story, 'acknowledged', 9);
    expect(story.incident.acknowledged?.until).toBe(minute(35));
  });
});

const CHANGES: readonly (readonly [Change, number])[] = [
  ['acknowledged', 5],
  ['unacknowledged', 6],
  ['acknowledged', 7],
  ['unacknowledged', 8],
];

test.each([
  [CHANGES, false],
  [CHANGES.slice(0, 3), true],
  [CHANGES.slice(0, 2), false],
])('of %j the last one counts, in whichever order they are told', (changes, holds) => {
  for (const order of orders(changes)) {
    const story = followed().at(10);
    for (const [change, occurred] of order) hears(story, change, occurred);
    expect([order, isAcknowledged(story.incident, story.now)]).toEqual([order, holds]);
  }
});

it('a resolution is told after the ticket was reopened: the incident goes on', () => {
  const story = followed().at(10);
  hears(story, 'reopened', 6);
  expect(types(hears(story, 'resolved', 5))).toEqual(['TicketChanged']);
  expect(last(story)).toBe(
    'ticket resolved by grace (pagerduty): at 09:35 UTC, and overtaken since, so this incident goes on',
  );
  expect(types(hears(story, 'resolved', 7))).toContain('Resolved');
});

it('a resolution that is told late ends the incident, whoever has acknowledged since', () => {
  const story = followed().at(8);
  story.tell({ type: 'acknowledge', by: 'ada', via: 'link' });
  expect(types(hears(story.at(10), 'resolved', 5))).toContain('Resolved');
});
