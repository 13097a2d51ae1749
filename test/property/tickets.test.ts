import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TICKET_CHANGES, type TicketNews } from '../../lambda/domain/incident/ticket.ts';
import { isAcknowledged } from '../../lambda/domain/on-call/acknowledgement.ts';
import { of, Story, step } from '../support/story.ts';

const ID = 'INC-2026-04-07-001';
const OURS = `P2 ${ID} mockupAWS Database Connections Exhausted`;
/** Our own ticket, two that others may be merged into, and one of another team. */
const TITLES: Record<string, string> = { P1: OURS, P2: 'A bump', P3: 'Another bump', P4: `Follow-up of ${OURS}` };

/** What is told of a ticket, in any order, and each of it perhaps again. */
const news = fc
  .record({
    ref: fc.constantFrom('P1', 'P1', 'P2', 'P3', 'P4'),
    change: fc.constantFrom(...TICKET_CHANGES.filter(change => change !== 'opened')),
    agent: fc.constantFrom<TicketNews['agent']>('person', 'program', 'system'),
    into: fc.constantFrom('P2', 'P3'),
    minutes: fc.integer({ min: 0, max: 20 }),
    again: fc.boolean(),
  })
  .filter(({ ref, into, change }) => change !== 'merged' || ref !== into);

test('only the ticket that is followed acts, only people answer, and no merge and no time limit resolves', () => {
  fc.assert(
    fc.property(fc.array(news, { maxLength: 25, size: 'max' }), all => {
      const story = new Story(step('kill-idle'));
      story.fires();
      const opening = { change: 'opened', by: 'PagerDuty', agent: 'system' } as const;
      const own = { system: 'pagerduty', ref: 'P1', title: OURS, status: 'open' } as const;
      story.tell({ type: 'hear of ticket', ...opening, ticket: own });
      let [followed, answered, resolvedBy, now] = ['P1', false, '', 0];
      for (const [index, { ref, change, agent, into, minutes, again }] of all.entries()) {
        now += minutes;
        const before = story.incident;
        answered &&= isAcknowledged(before, story.at(now).now);
        const about = { ticket: { system: 'pagerduty', ref, title: TITLES[ref], status: 'open' }, into: { ref: into } };
        const told = { type: 'hear of ticket', id: `person/${index}`, by: agent, change, agent, ...about } as const;
        const happened = story.tell({ ...told, text: 'words' } as never);
        if (again) expect(story.tell({ ...told, text: 'words' } as never)).toEqual(happened);

        if (ref !== followed) {
          expect(happened).toEqual([]);
          continue;
        }
        if (change === 'merged') followed = into;
        if (!before.resolvedAt) {
          if (change === 'acknowledged' && agent === 'person') answered = true;
          if (change === 'unacknowledged') answered = false;
          if (change === 'resolved' && agent !== 'system') resolvedBy = agent;
          expect(isAcknowledged(story.incident, story.now)).toBe(answered);
          expect(of(happened, 'Resolved').map(({ by }) => by)).toEqual(
            change === 'resolved' && resolvedBy ? [agent] : [],
          );
        }
        const isRefused = before.resolvedAt && ['acknowledged', 'unacknowledged', 'resolved'].includes(change);
        if (!isRefused) expect(happened.length).toBeGreaterThan(0);
        expect(story.incident.resolvedAt !== undefined).toBe(resolvedBy !== '');
        if (followed !== 'P1') expect(story.incident.references).toMatchObject([{ ref: followed }]);
      }
    }),
    { numRuns: 200 },
  );
});
