import { expect, it } from 'vitest';
import { renderSite } from '../../../lambda/domain/status-page/site.ts';
import { statusPageTemplates } from '../../../lib/status-page-templates.ts';
import { maintenance, siteInput, told } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

it('is made of pages for people, answers for programs, and a feed', () => {
  const incident = told({ from: 30 });
  const files = renderSite(siteInput({ incidents: [incident], maintenance: [maintenance(-60, -120)] }), render);
  expect(files.map(({ path }) => path).sort()).toEqual(
    [
      ...['index.html', 'history.html', '404.html', 'style.css', 'favicon.svg', 'history.atom'],
      ...[`incidents/${incident.id}.html`, 'maintenance/database-upgrade.html'],
      ...['summary', 'status', 'components', 'incidents', 'incidents/unresolved'].map(name => `api/v2/${name}.json`),
      ...['', '/upcoming', '/active'].map(name => `api/v2/scheduled-maintenances${name}.json`),
    ].sort(),
  );
  for (const { path, body } of files) expect(body, path).not.toBe('');
});

it('every template of it is tried at synthesis', () => {
  expect(Object.keys(statusPageTemplates())).toContain('status-page/index.html');
});
