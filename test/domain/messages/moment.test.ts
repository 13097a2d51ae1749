import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IncidentEvent } from '../../../lambda/domain/incident/events.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { minutesBetween } from '../../../lambda/domain/kernel/time.ts';
import { type Addressed, momentOf } from '../../../lambda/domain/messages/moment.ts';
import { isPagedEvent, pages } from '../../../lambda/domain/messages/page.ts';
import { of, policy, STATUS_PAGE, Story, step } from '../../support/story.ts';

const LEVELS = [1, 2, 3, 4];

const addressed = ({ incident }: Story, level: number): Addressed[] =>
  incident.timeline
    .filter(isPagedEvent)
    .flatMap(event => pages(incident, event).flatMap(message => (message.level === level ? [{ event, message }] : [])));

/** The page function, told of one event: each level has one person. */
function deliver(story: Story, { seq }: IncidentEvent): void {
  for (const level of LEVELS) {
    const current = story.incident.timeline[seq] as IncidentEvent;
    const whom = { current, level, person: 'p' };
    const moment = momentOf(story.incident, story.incident.timeline, addressed(story, level), whom);
    if (!moment) continue;
    const { message, upTo: about } = moment;
    story.tell({ type: 'record page', about, level, urgency: message.urgency, subject: '', to: 'p' });
  }
}

const deed = fc.constantFrom(
  'nothing',
  'warns',
  'fires',
  'worsens',
  'ends',
  'approves',
  'clears',
  'acknowledges',
  'declares',
);

const minutes = fc.array(
  fc.record({
    deeds: fc.array(deed, { maxLength: 4 }),
    /** The order in which what happened in the minute is delivered, and what of it comes twice. */
    order: fc.array(fc.nat(), { maxLength: 6 }),
    /** Events that come a minute late, as those whose first delivery failed. */
    late: fc.nat(3),
  }),
  { minLength: 5, maxLength: 60 },
);

function act(story: Story, deed: string): void {
  const attempt = story.incident.attempt?.number ?? 0;
  if (deed === 'warns') story.fires('warning');
  if (deed === 'fires') story.fires();
  if (deed === 'worsens') story.diagnoses({ usersAffectedShare: 0.7 });
  if (deed === 'ends') story.tell({ type: 'end response', attempt, reason: 'nothing helped' });
  if (deed === 'approves') story.responds();
  if (deed === 'clears') story.clears();
  if (deed === 'acknowledges') story.acknowledges();
  if (deed === 'declares') story.tell({ type: 'declare', dataLoss: true, text: 'orders', by: 'ada' });
}

/** Lives the minutes; `told` is called after everything of one has been delivered. */
function live(all: readonly { deeds: string[]; order: number[]; late: number }[], told: (story: Story) => void): Story {
  const plan = [step('ask', { mode: 'approve' as const })];
  const story = Story.under(policy(plan, { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE }));
  story.careful = false;
  let known = 0;
  let late: IncidentEvent[] = [];
  for (const [minute, { deeds, order, late: count }] of all.entries()) {
    // Twice a minute.
    story.at(minute / 2);
    if (minute === 0) story.fires('warning');
    for (const deed of deeds) act(story, deed);
    story.watches();
    const fresh = [...late, ...story.incident.timeline.slice(known).filter(isPagedEvent)];
    known = story.incident.timeline.length;
    late = fresh.splice(0, Math.min(count, fresh.length - 1));
    for (const place of order) if (fresh[place]) deliver(story, fresh[place]);
    for (const event of fresh) deliver(story, event);
    if (late.length === 0) told(story);
  }
  return story;
}

const sentTo = ({ incident }: Story, level: number) =>
  of(incident.timeline, 'PageSent').filter(page => page.level === level);

test('everybody hears of every event, in order, whatever the order, delay and number of deliveries', () => {
  fc.assert(
    fc.property(minutes, all => {
      const story = live(all, told => {
        for (const level of LEVELS) {
          const last = addressed(told, level).findLast(({ event }) => minutesBetween(event.at, told.now) < 2);
          const heard = Math.max(-1, ...sentTo(told, level).map(({ about }) => about));
          if (last) expect(heard).toBeGreaterThanOrEqual(last.event.seq);
        }
      });
      for (const level of LEVELS) {
        const told = sentTo(story, level).map(({ about }) => about);
        expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 60 },
  );
});

test('nobody is woken twice within a minute but by a rise, or to be asked something', () => {
  fc.assert(
    fc.property(minutes, all => {
      const { incident } = live(all, () => undefined);
      for (const level of LEVELS) {
        const woken = sentTo({ incident } as Story, level).filter(({ urgency }) => urgency === 'page');
        for (const [i, page] of woken.entries()) {
          const before = woken[i - 1];
          if (!before || minutesBetween(before.at, page.at) >= 1) continue;
          const between = incident.timeline.filter(({ seq }) => seq > before.about && seq <= page.about);
          expect(between.map(({ type }) => type).join()).toMatch(/Escalated|ApprovalRequested|PublicationRequested/);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('of several events of a moment the one that asks most is told', () => {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES }));
  story.fires();
  story.responds();
  const whom = { level: 1, person: 'p', current: story.incident.timeline.at(-1) as IncidentEvent };
  const { about, message, upTo } = momentOf(story.incident, story.incident.timeline, addressed(story, 1), whom) ?? {};
  expect([about?.type, message?.urgency]).toEqual(['HandedOver', 'page']);
  const [first] = of(story.incident.timeline, 'Escalated');
  expect(
    first && momentOf(story.incident, story.incident.timeline, addressed(story, 1), { ...whom, current: first }),
  ).toBe(undefined);
  expect(upTo).toBe(about?.seq);
});
