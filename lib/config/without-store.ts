import { RUNBOOK_POLICY } from '../../lambda/domain/incident/runbook-policy.ts';
import type { DirectPaging } from '../../lambda/domain/on-call/direct-page.ts';
import type { ServiceConfig } from './service-config.ts';
import { dashboardOf } from './service-policy.ts';

/** The data by which the watch pages while the table is away, for an environment variable: the one way to it that needs no other service. */
export function directPaging({ service, title, region, escalation, hotline }: ServiceConfig): string {
  const paging: DirectPaging = {
    ...{ title, region, hotline, remindMinutes: RUNBOOK_POLICY.remindMinutes },
    levels: escalation.map(({ role, afterMinutes, people, rotation }) => ({ role, afterMinutes, people, rotation })),
    dashboard: dashboardOf({ service, region }).url,
  };
  return JSON.stringify(paging);
}

/** The health URLs by which the probe measures while the table is away. */
export const probedUrls = ({ healthUrls }: ServiceConfig): string => JSON.stringify(healthUrls);
