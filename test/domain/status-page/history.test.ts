import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plusMinutes } from '../../../lambda/domain/kernel/time.ts';
import { history, noUptime } from '../../../lambda/domain/status-page/history.ts';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { STATES, type State, stateOf } from '../../../lambda/domain/status-page/state.ts';
import { ago, COMPONENTS, maintenance, measuredFor, NOW, siteInput, told } from '../../support/status-page.ts';

const { API, MAIL } = COMPONENTS;
const DAY = 1440;
const TODAY = 9 * 60 + 47;

/** Days before today: 0 is today. */
const dayOf = (site: SiteInput, before: number) => history(site, 'api').days.at(-1 - before);
const measured = (days: Record<string, number>): SiteInput['measured'] => ({ days, lastAt: ago(1) });

it('the history has 90 days, the last of which is today', () => {
  const { days } = history(siteInput(), 'api');
  expect(days).toHaveLength(90);
  expect(days.at(0)?.date).toBe('2025-11-03');
  expect(days.at(-1)?.date).toBe('2026-01-31');
});

it.each<[string, string, Partial<SiteInput>]>([
  ['nothing was wrong', 'No incidents', {}],
  ['nothing was measured', 'No data', { measured: measured({}) }],
  ['half was measured', 'No incidents; measured for only 12 hours', { measured: measured({ '2026-01-30': 0.5 }) }],
  ['an incident lasted 47 minutes', 'Major outage for 47 minutes', { incidents: [told({ from: DAY, to: DAY - 47 })] }],
  [
    'the worse of two incidents counts',
    'Major outage for 1 hour, degraded performance for 1 hour',
    {
      incidents: [
        told({ from: DAY, to: DAY - 60 }),
        told({ from: DAY + 60, to: DAY - 30, impact: 'minor', number: 2 }),
      ],
    },
  ],
  [
    'another component had an incident',
    'No incidents',
    { incidents: [told({ from: DAY, to: 1400, components: [MAIL] })] },
  ],
  ['an incident was a false alarm', 'No incidents', { incidents: [told({ from: DAY, to: 1400, impact: 'none' })] }],
  ['there was maintenance', 'Under maintenance for 30 minutes', { maintenance: [maintenance(DAY, DAY - 30)] }],
  [
    'an incident was not measured',
    'Partial outage for 10 minutes; otherwise no data',
    { incidents: [told({ from: DAY, to: DAY - 10, impact: 'major' })], measured: measured({}) },
  ],
  [
    'an incident was measured for half a day',
    'Partial outage for 10 minutes; measured for only 12 hours',
    { incidents: [told({ from: DAY, to: DAY - 10, impact: 'major' })], measured: measured({ '2026-01-30': 0.5 }) },
  ],
  ['an incident lasted seconds', 'Major outage for 1 minute', { incidents: [told({ from: DAY, to: DAY - 0.1 })] }],
])('a past day is described in words: %s', (_, text, changes) => {
  expect(dayOf(siteInput(changes), 1)?.text).toBe(text);
});

it.each<[string, string, Partial<SiteInput>]>([
  ['all is well', 'No incidents so far', {}],
  ['an incident goes on', 'Major outage for 20 minutes', { incidents: [told({ from: 20 })] }],
  ['an incident begins now', 'Major outage', { incidents: [told({ from: 0 })] }],
  ['nothing was measured today', 'No data', { measured: { days: {}, lastAt: ago(TODAY + 5) } }],
  [
    'nothing was measured for an hour',
    `No incidents; measured for only 8 hours 47 minutes`,
    {
      measured: { days: { '2026-01-31': (TODAY - 60) / DAY }, lastAt: ago(60) },
    },
  ],
])('today is described in words: %s', (_, text, changes) => {
  expect(dayOf(siteInput(changes), 0)?.text).toBe(text);
});

it('a day that has just begun has the current state', () => {
  const now = '2026-02-01T00:03:00.000Z';
  const site = { now, measured: { days: { '2026-01-31': 1 }, lastAt: '2026-01-31T23:59:00.000Z' } };
  expect(dayOf(siteInput(site), 0)).toMatchObject({ state: 'operational', text: 'No incidents so far' });
  const silent = { now, measured: { days: { '2026-01-31': 1 }, lastAt: '2026-01-31T23:40:00.000Z' } };
  expect(dayOf(siteInput(silent), 0)).toMatchObject({ state: 'no_data', text: 'No data' });
});

it('a few minutes without measurement do not make a day partly measured', () => {
  expect(dayOf(siteInput({ measured: measured({ '2026-01-30': 1 - 14 / DAY }) }), 1)?.text).toBe('No incidents');
});

const IMPACTS = ['none', 'minor', 'major', 'critical'] as const;
const incidents = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 3 * DAY }),
      lasted: fc.integer({ min: 1, max: 2 * DAY }),
      impact: fc.constantFrom(...IMPACTS),
      components: fc.constantFrom([API], [MAIL], [API, MAIL]),
    }),
    { maxLength: 6 },
  )
  .map(all =>
    all.map(({ from, lasted, ...incident }, index) =>
      told({ from, ...(from > lasted ? { to: from - lasted } : {}), ...incident, number: index + 1 }),
    ),
  );
const shares = fc
  .array(fc.constantFrom(0, 0.2, 0.5, 1), { minLength: 5, maxLength: 12 })
  .map(all => Object.fromEntries(all.map((share, day) => [ago(day * DAY).slice(0, 10), share])));

it('the history agrees with a minute-by-minute count', () => {
  fc.assert(
    fc.property(incidents, all => {
      const site = siteInput({ incidents: all });
      for (const before of [0, 1, 2, 3]) {
        const day = dayOf(site, before);
        const midnight = `${day?.date}T00:00:00.000Z`;
        const seen = Array.from({ length: before === 0 ? TODAY : DAY }, (_, minute) => {
          const at = plusMinutes(midnight, minute);
          const over = all.filter(
            ({ startedAt, resolvedAt = NOW, components }) =>
              components.includes(API) && startedAt <= at && at < resolvedAt,
          );
          return Math.max(0, ...over.map(incident => STATES.indexOf(stateOf(incident))));
        });
        const weights: Partial<Record<State, number>> = { partial_outage: 0.3, major_outage: 1 };
        const down = seen.reduce((total, state) => total + (weights[STATES[state] ?? 'operational'] ?? 0), 0);
        expect(day?.down).toBeCloseTo(down, 6);
        // What begins this very minute has no minutes yet.
        if (!all.some(({ startedAt }) => startedAt === NOW)) expect(day?.state).toBe(STATES[Math.max(...seen)]);
      }
    }),
    { numRuns: 20 },
  );
});

it('uptime is the share of the known minutes', () => {
  fc.assert(
    fc.property(incidents, shares, (all, days) => {
      const { uptime, days: past, knownDays } = history(siteInput({ incidents: all, measured: measured(days) }), 'api');
      const sum = (of: (day: (typeof past)[number]) => number) => past.reduce((total, day) => total + of(day), 0);
      for (const { date, known, down, state, partly } of past) {
        expect(down).toBeLessThanOrEqual(known);
        expect(known).toBeLessThanOrEqual(DAY);
        if (!days[date] && date !== NOW.slice(0, 10)) expect(known === 0).toBe(down === 0);
        if (state === 'no_data') expect([known, partly]).toEqual([0, true]);
      }
      expect(uptime === undefined).toBe(knownDays < 7);
      expect(noUptime({ uptime, knownDays }) === null).toBe(knownDays >= 7);
      if (uptime === undefined) return;
      const exact = 1 - sum(day => day.down) / sum(day => day.known);
      expect(exact - uptime).toBeGreaterThanOrEqual(-1e-9);
      expect(exact - uptime).toBeLessThan(1e-4);
      expect(uptime === 1).toBe(sum(day => day.down) === 0);
    }),
    { numRuns: 60 },
  );
});

it('a history of fewer than seven days with data has no uptime', () => {
  const uptimeOf = (days: number) => history(siteInput({ measured: measuredFor(days) }), 'api').uptime;
  expect([0, 1, 6, 7, 90].map(uptimeOf)).toEqual([undefined, undefined, undefined, 1, 1]);
});

it('a day of partial outage costs 30 % of a day, one of degraded performance nothing', () => {
  const uptimeAt = (impact: 'minor' | 'major' | 'critical') =>
    history(siteInput({ incidents: [told({ from: 3 * DAY, to: 2 * DAY, impact })], measured: measuredFor(10) }), 'api');
  const [slow, partial, major] = (['minor', 'major', 'critical'] as const).map(impact => uptimeAt(impact).uptime ?? 0);
  expect(slow).toBe(1);
  expect((1 - (partial ?? 0)) / (1 - (major ?? 0))).toBeCloseTo(0.3, 3);
});
