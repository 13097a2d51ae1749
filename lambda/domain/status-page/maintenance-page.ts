import { type Dated, dated } from './frame.ts';
import type { Maintenance, SiteInput } from './site.ts';
import { type Stage, stageOf } from './state.ts';
import { listed, type PageTime, paragraphs, time } from './words.ts';

export interface MaintenancePage extends Dated {
  maintenance: MaintenanceView;
}

export interface MaintenanceView {
  id: string;
  title: string;
  paragraphs: string[];
  stage: string;
  from: PageTime;
  to: PageTime;
  components: string;
}

const STAGE_WORDS: Record<Stage, string> = { scheduled: 'Scheduled', in_progress: 'Under way', completed: 'Completed' };

export const maintenancePage = (site: SiteInput, maintenance: Maintenance): MaintenancePage => ({
  ...dated(site, maintenance.title, stageOf(maintenance, site.now) !== 'completed'),
  maintenance: maintenanceView(site, maintenance),
});

export const maintenanceView = ({ components, now }: SiteInput, maintenance: Maintenance): MaintenanceView => ({
  id: maintenance.id,
  title: maintenance.title,
  paragraphs: paragraphs(maintenance.text),
  stage: STAGE_WORDS[stageOf(maintenance, now)],
  from: time(maintenance.from),
  to: time(maintenance.to),
  components: listed(components.filter(({ id }) => maintenance.components.includes(id)).map(({ name }) => name)),
});
