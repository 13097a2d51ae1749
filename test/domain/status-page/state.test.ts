import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { componentState, overallState } from '../../../lambda/domain/status-page/state.ts';
import { ago, COMPONENTS, maintenance, measuredFor, siteInput, told } from '../../support/status-page.ts';

const { MAIL } = COMPONENTS;
const GONE = { ...MAIL, id: 'post' };
const silent = { ...measuredFor(90), lastAt: ago(11) };

it.each<[string, string, Partial<SiteInput>]>([
  ['no incident is published', 'operational', {}],
  ['it was measured ten minutes ago', 'operational', { measured: { days: {}, lastAt: ago(10) } }],
  ['it was last measured more than ten minutes ago', 'no_data', { measured: silent }],
  ['it was never measured', 'no_data', { measured: { days: {} } }],
  ['a P1 is published', 'major_outage', { incidents: [told({ from: 9 })] }],
  ['a P2 is published', 'partial_outage', { incidents: [told({ from: 9, impact: 'major' })] }],
  ['a P3 is published', 'degraded_performance', { incidents: [told({ from: 9, impact: 'minor' })] }],
  ['a P4 is published', 'operational', { incidents: [told({ from: 9, impact: 'none' })] }],
  [
    'the worse of two incidents counts',
    'major_outage',
    { incidents: [told({ from: 9, impact: 'minor' }), told({ from: 5 })] },
  ],
  ['the incident is resolved', 'operational', { incidents: [told({ from: 9, to: 1 })] }],
  ['the incident affects another component', 'operational', { incidents: [told({ from: 9, components: [MAIL] })] }],
  [
    'a deployment has renamed what the incident affects',
    'major_outage',
    { incidents: [told({ from: 9, components: [GONE] })] },
  ],
  [
    'a deployment has removed some of what the incident affects',
    'operational',
    { incidents: [told({ from: 9, components: [GONE, MAIL] })] },
  ],
  ['the incident affects nothing that is known', 'operational', { incidents: [told({ from: 9, components: [] })] }],
  ['maintenance is in progress', 'under_maintenance', { maintenance: [maintenance(10, -10)] }],
  ['maintenance begins now', 'under_maintenance', { maintenance: [maintenance(0, -10)] }],
  ['maintenance ends now', 'operational', { maintenance: [maintenance(10, 0)] }],
  ['maintenance is planned', 'operational', { maintenance: [maintenance(-10, -20)] }],
  [
    'maintenance is in progress without measurements',
    'under_maintenance',
    { maintenance: [maintenance(10, -10)], measured: silent },
  ],
  [
    'an incident happens during maintenance',
    'partial_outage',
    {
      maintenance: [maintenance(10, -10)],
      incidents: [told({ from: 5, impact: 'major' })],
    },
  ],
  [
    'an incident happens without measurements',
    'degraded_performance',
    {
      incidents: [told({ from: 5, impact: 'minor' })],
      measured: silent,
    },
  ],
])('when %s, the component is %s', (_, state, changes) => {
  expect(componentState(siteInput(changes), 'api')).toBe(state);
});

it('a component without measurements is never operational, and the overall status is never better than a component', () => {
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
