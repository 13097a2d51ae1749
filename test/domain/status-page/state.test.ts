import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { componentState, overallState } from '../../../lambda/domain/status-page/state.ts';
import { ago, COMPONENTS, maintenance, measuredFor, siteInput, told } from '../../support/status-page.ts';

const { MAIL } = COMPONENTS;
const silent = { ...measuredFor(90), lastAt: ago(11) };

it.each<[string, string, Partial<SiteInput>]>([
  ['nothing is told, and it is measured', 'operational', {}],
  ['it was measured ten minutes ago', 'operational', { measured: { days: {}, lastAt: ago(10) } }],
  ['not since', 'no_data', { measured: silent }],
  ['never', 'no_data', { measured: { days: {} } }],
  ['P1', 'major_outage', { incidents: [told({ from: 9 })] }],
  ['P2', 'partial_outage', { incidents: [told({ from: 9, impact: 'major' })] }],
  ['P3', 'degraded_performance', { incidents: [told({ from: 9, impact: 'minor' })] }],
  ['P4', 'operational', { incidents: [told({ from: 9, impact: 'none' })] }],
  ['the worse of two', 'major_outage', { incidents: [told({ from: 9, impact: 'minor' }), told({ from: 5 })] }],
  ['what is over', 'operational', { incidents: [told({ from: 9, to: 1 })] }],
  ['what affects another', 'operational', { incidents: [told({ from: 9, components: [MAIL] })] }],
  ['work under way', 'under_maintenance', { maintenance: [maintenance(10, -10)] }],
  ['work that begins now', 'under_maintenance', { maintenance: [maintenance(0, -10)] }],
  ['work that ends now', 'operational', { maintenance: [maintenance(10, 0)] }],
  ['work to come', 'operational', { maintenance: [maintenance(-10, -20)] }],
  [
    'work under way, and nothing measured',
    'under_maintenance',
    { maintenance: [maintenance(10, -10)], measured: silent },
  ],
  [
    'an incident during work',
    'partial_outage',
    {
      maintenance: [maintenance(10, -10)],
      incidents: [told({ from: 5, impact: 'major' })],
    },
  ],
  [
    'an incident, and nothing measured',
    'degraded_performance',
    {
      incidents: [told({ from: 5, impact: 'minor' })],
      measured: silent,
    },
  ],
])('%s: %s', (_, state, changes) => {
  expect(componentState(siteInput(changes), 'api')).toBe(state);
});

it('what is not measured is never up, and the whole is never better than a part', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.boolean(), fc.boolean(), (silence, work, incident) => {
      const site = siteInput({
        measured: { days: {}, lastAt: ago(silence) },
        maintenance: work ? [maintenance(5, -5)] : [],
        incidents: incident ? [told({ from: 5, impact: 'minor' })] : [],
      });
      const states = site.components.map(({ id }) => componentState(site, id));
      if (silence > 10) expect(states).not.toContain('operational');
      if (overallState(site) === 'operational') expect(new Set(states)).toEqual(new Set(['operational']));
    }),
  );
});
