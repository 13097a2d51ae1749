import type { Render } from '../kernel/templates.ts';
import { type Frame, frame } from './frame.ts';
import { historyPage, incidentPage } from './incident-page.ts';
import { indexPage } from './index-page.ts';
import { maintenancePage } from './maintenance-page.ts';
import type { SiteFile, SiteInput } from './site.ts';

/** The pages that people read. The address of a page never changes. */
export function pageFiles(site: SiteInput, render: Render): SiteFile[] {
  const page = (path: string, template: string, fields: Frame): SiteFile => ({
    path,
    contentType: 'text/html; charset=utf-8',
    body: render(`status-page/${template}.html`, fields),
  });
  return [
    page('index.html', 'index', indexPage(site, render)),
    page('history.html', 'history', historyPage(site)),
    page('404.html', 'not-found', frame(site, 'No such page')),
    ...site.incidents.map(incident => page(`incidents/${incident.id}.html`, 'incident', incidentPage(site, incident))),
    ...site.maintenance.map(planned =>
      page(`maintenance/${planned.id}.html`, 'maintenance', maintenancePage(site, planned)),
    ),
    { path: 'style.css', contentType: 'text/css; charset=utf-8', body: render('status-page/style.css', {}) },
    { path: 'favicon.svg', contentType: 'image/svg+xml', body: render('status-page/favicon.svg', {}) },
  ];
}
