import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { isPagedEvent, pages } from '../../../lambda/domain/messages/page.ts';
import { of, policy, STATUS_PAGE, Story } from '../../support/story.ts';

/** A breach that grace declares of a service that is well. */
function breach(changes: Partial<Policy> = {}): Story {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE, ...changes }));
  const declared = { securityBreach: true, text: 'a token was published' };
  story.fires('declared', { reporter: 'grace', declared });
  return story;
}

const asked = ({ incident }: Story) => of(incident.timeline, 'PublicationRequested');
const minutes = (story: Story) =>
  asked(story).map(({ at, level }) => [
    Math.round((Date.parse(at) - Date.parse(story.incident.openedAt)) / 60_000),
    level,
  ]);
const published = ({ incident }: Story) => of(incident.timeline, 'Published');

describe('the question to publish a declared breach', () => {
  it('is asked at once and climbs the escalation path, though somebody has acknowledged', () => {
    const story = breach();
    story.at(0).acknowledges('ada');
    story.watchesFrom(0, 75);
    expect(minutes(story)).toEqual([
      [0, 1],
      [10, 1],
      [15, 2],
      [25, 2],
      [30, 3],
      [40, 3],
      [50, 3],
      [60, 4],
      [70, 4],
    ]);
    expect(published(story)).toEqual([]);
  });

  it('pages the commander first, then each level', () => {
    const story = breach();
    story.acknowledges('ada');
    story.watchesFrom(0, 16);
    const sent = story.incident.timeline.flatMap(entry =>
      isPagedEvent(entry) && entry.type === 'PublicationRequested' ? pages(story.incident, entry) : [],
    );
    expect(sent).toMatchObject([
      { level: 1, urgency: 'page', person: 'ada' },
      { level: 1, urgency: 'page', person: 'ada' },
      { level: 2, urgency: 'page', person: undefined },
    ]);
    expect(sent[0]?.fields.headline).toMatch(/^Tell customers of the security investigation \(no outage is shown\)\?/);
  });

  it('ends with a yes, which publishes an investigation', () => {
    const story = breach().watchesFrom(0, 3);
    story.tell({ type: 'publish', by: 'ada', via: 'link' });
    story.watchesFrom(4, 60);
    expect(published(story)).toMatchObject([{ by: 'ada', investigation: 'security' }]);
    expect(asked(story)).toHaveLength(1);
    story.tell({ type: 'publish', by: 'ben', components: ['api'] });
    expect(published(story)[1]).toMatchObject({ by: 'ben', components: ['api'], investigation: 'security' });
  });

  it('ends with a no, which an older link cannot undo', () => {
    const story = breach().watchesFrom(0, 3);
    story.tell({ type: 'withhold', by: 'ada', via: 'link' });
    story.watchesFrom(4, 60);
    expect(asked(story)).toHaveLength(1);
    story.tell({ type: 'publish', by: 'ben', via: 'link' });
    expect(story.refused).toMatch(/^ada said no at 09:33 UTC/);
    expect(published(story)).toEqual([]);
    story.tell({ type: 'publish', by: 'ben', via: 'command line' });
    expect(published(story)).toMatchObject([{ by: 'ben', investigation: 'security' }]);
    story.tell({ type: 'withhold', by: 'ada', via: 'link' });
    expect(story.refused).toMatch(/^customers have read of INC-.* since/);
  });

  it.each([
    ['the question is unanswered', () => undefined],
    ['the answer was no', (story: Story) => story.tell({ type: 'withhold', by: 'ada' })],
  ])('does not delay measured harm, which is published as a disruption: %s', (_, answered) => {
    const story = breach().watchesFrom(0, 3);
    answered(story);
    story.suffers(0.4);
    story.watchesFrom(4, 5);
    expect(published(story)).toMatchObject([{ by: 'automation' }]);
    expect(published(story)[0]?.investigation).toBeUndefined();
  });

  it('is asked anew for a breach declared after a no to another question', () => {
    const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE }));
    story.fires();
    story.watchesFrom(0, 6);
    story.tell({ type: 'withhold', by: 'ada' });
    story.watchesFrom(7, 20);
    expect(minutes(story)).toEqual([[5, undefined]]);
    story.tell({ type: 'declare', dataLoss: true, text: 'orders', by: 'ada' });
    story.watchesFrom(21, 22);
    expect(minutes(story).at(-1)).toEqual([21, 1]);
  });

  it('is not asked when the configuration publishes investigations automatically', () => {
    const story = breach({ statusPage: { ...STATUS_PAGE, investigations: 'auto' } }).watchesFrom(0, 3);
    expect(asked(story)).toEqual([]);
    expect(published(story)).toMatchObject([{ by: 'automation', investigation: 'security' }]);
  });

  it('is not asked without a status page, or in a drill', () => {
    expect(asked(breach({ statusPage: undefined }).watchesFrom(0, 20))).toEqual([]);
    const drill = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE }));
    drill.fires('critical', { drill: true });
    drill.tell({ type: 'declare', dataLoss: true, text: 'orders', by: 'ada' });
    expect(asked(drill.watchesFrom(0, 20))).toEqual([]);
  });
});

it('a breach ends when a person resolves it, not when an alarm clears', () => {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES }));
  story.fires();
  story.tell({ type: 'declare', securityBreach: true, text: 'a key', by: 'ada' });
  story.responds();
  story.at(2).clears();
  story.watchesFrom(3, 30);
  expect(story.incident.status).toBe('monitoring');
  story.resolves();
  expect(story.incident.status).toBe('resolved');
});
