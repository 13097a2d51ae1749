import type { Render } from '../../lambda/domain/kernel/templates.ts';
import { publicIncident } from '../../lambda/domain/status-page/public-incident.ts';
import { renderSite } from '../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../lambda/domain/status-page/site.ts';
import { SAMPLES } from './incidents.ts';
import type { Samples } from './samples.ts';

/** The site with the sample incidents, and the site without any. */
export function statusPageSamples(): Samples {
  const samples: Record<string, object[]> = {};
  const recorded: Render = (name, data) => {
    samples[name] = [...(samples[name] ?? []), data];
    return name;
  };
  const shown = Object.values(SAMPLES).flatMap(incident => publicIncident(incident, recorded) ?? []);
  const incidents = shown.flatMap(incident => [
    incident,
    { ...incident, id: `${incident.id}0`, mergedInto: incident.id },
  ]);
  renderSite(QUIET, recorded);
  renderSite({ ...QUIET, unreadSince: '2026-01-31T09:40:00.000Z' }, recorded);
  renderSite(
    { ...QUIET, incidents, maintenance: MAINTENANCE, measured: MEASURED, subscribeUrl: '/subscribe' },
    recorded,
  );
  return samples;
}

const QUIET: SiteInput = {
  title: 'Shop',
  url: 'https://status.example.com',
  components: [{ id: 'api', name: 'API', description: 'Requests' }],
  maintenance: [],
  incidents: [],
  measured: { days: {} },
  now: '2026-01-31T09:45:00.000Z',
};

const MEASURED = { days: { '2026-01-31': 0.2 }, lastAt: '2026-01-31T09:30:00.000Z' };

const MAINTENANCE = [
  { from: '2026-01-31T09:00Z', to: '2026-01-31T11:00Z' },
  { from: '2026-02-01T09:00Z', to: '2026-02-01T11:00Z' },
].map((time, index) => ({
  ...time,
  ...{ id: `upgrade-${index}`, title: 'Upgrade', text: 'The API is slower.', components: ['api'] },
}));
