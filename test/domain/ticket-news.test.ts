import { describe, expect, test } from 'vitest';
import type { Ticket, TicketNews } from '../../lambda/domain/incident/ticket.ts';
import { FAILED, Story, started, temporary, types } from '../support/story.ts';

const ID = 'INC-2026-04-07-001';
const TITLE = `P2 ${ID} mockupAWS Database Connections Exhausted`;
const TICKET: Ticket = { system: 'pagerduty', ref: 'PGR0VU1', title: TITLE, status: 'open' };

function opened(): Story {
  const story = new Story(temporary('first'));
  story.fires();
  story.tell({ type: 'record reference', system: 'pagerduty', ref: ID, url: 'https://shop.pagerduty.com/incidents' });
  return story;
}

function followed(): Story {
  const story = opened();
  hears(story, 'opened');
  return story;
}

const hears = (story: Story, change: TicketNews['change'], ticket: Partial<Ticket> = {}, more = {}) =>
  story.tell({
    ...{ type: 'hear of ticket', by: 'grace', via: 'pagerduty', agent: 'person', change },
    ...{ ticket: { ...TICKET, ...ticket }, ...more },
  });

describe('the ticket that an incident follows', () => {
  const acts = (story: Story, ticket: Partial<Ticket>) => hears(story, 'reassigned', ticket).length > 0;

  test('is the one that our event has opened, and from then on no other', () => {
    const story = opened();
    expect(acts(story, { title: `Follow-up of ${ID} mockupAWS ` })).toBe(false);
    expect(acts(story, { key: 'd3640fbd41094207a1c11e58e46b1662' })).toBe(false);
    expect(acts(story, {})).toBe(false);
    expect(types(hears(story, 'opened'))).toEqual(['ReferenceAdded']);
    expect(types(hears(story, 'reassigned'))).toEqual(['TicketChanged']);
    expect(types(hears(story, 'reassigned', { title: 'edited by hand' }))).toEqual(['TicketChanged']);
    expect(acts(story, { ref: 'PGR0VU2' })).toBe(false);
    expect(story.refused).toBe(`PGR0VU2 is not the ticket of ${ID}`);
  });

  test('is none by its key before we have recorded that we opened one', () => {
    const story = new Story(temporary('first'));
    story.fires();
    expect(acts(story, { key: ID })).toBe(false);
    story.tell({ type: 'record reference', system: 'pagerduty', ref: ID });
    expect(acts(story, { key: ID })).toBe(true);
  });

  test('is another once our event has opened that, or if it is open and has the key', () => {
    const story = opened();
    hears(story, 'opened');
    expect(acts(story, { ref: 'PGR0VU2', key: ID, status: 'resolved' })).toBe(false);
    expect(acts(story, { ref: 'PGR0VU2', key: ID })).toBe(true);
    expect(types(hears(story, 'opened', { ref: 'PGR0VU3' }))).toEqual(['ReferenceAdded']);
    expect(story.incident.references).toEqual([{ system: 'pagerduty', ref: 'PGR0VU3', url: undefined }]);
  });

  test('is the one that it was merged into, again and again', () => {
    const story = followed();
    hears(story, 'merged', { status: 'resolved' }, { into: { ref: 'PT1' }, text: 'A little bump' });
    hears(story, 'merged', { ref: 'PT1', title: 'A little bump', status: 'resolved' }, { into: { ref: 'PT2' } });
    expect(acts(story, { status: 'resolved' })).toBe(false);
    expect(acts(story, { ref: 'PT1', title: 'A little bump' })).toBe(false);
    expect(acts(story, { ref: 'PT2', title: 'Another' })).toBe(true);
    expect(story.incident.resolvedAt).toBeUndefined();
  });
});

describe('a resolution in the ticket, while a change is to be reverted first', () => {
  const running = () => {
    const story = followed();
    story.diagnoses();
    story.plans();
    return story;
  };

  test('by a person counts as an answer meanwhile, by a workflow it does not', () => {
    expect(types(hears(running(), 'resolved'))).toEqual(['Acknowledged', 'ResolutionRequested']);
    const story = running();
    expect(types(hears(story, 'resolved', {}, { agent: 'program' }))).toEqual(['ResolutionRequested']);
    expect(story.incident.commander).toBeUndefined();
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(story.plans().at(-1)).toMatchObject({ type: 'Resolved', by: 'grace', via: 'pagerduty' });
  });

  test('by a merge or by a time limit requests nothing', () => {
    const story = running();
    hears(story, 'merged', { status: 'resolved' }, { into: { ref: 'PT1' } });
    hears(story, 'resolved', { ref: 'PT1' }, { agent: 'system' });
    expect(story.incident.resolution).toBeUndefined();
  });
});
