import { RUNBOOK_POLICY } from '../../lambda/domain/incident/runbook-policy.ts';
import type { DirectPaging } from '../../lambda/domain/on-call/direct-page.ts';
import type { ServiceConfig } from './service-config.ts';
import { dashboardOf } from './service-policy.ts';

/** Lambda allows a function 4 KB of environment variables, and others need the rest. */
const MOST_BYTES = 2500;

/**
 * The data by which the watch pages while the table is away, for an environment variable: the one way to it that needs no other service.
 *
 * @throws Error when it is too long for the environment of a function
 */
export function directPaging({ service, title, region, escalation, hotline }: ServiceConfig): string {
  const paging: DirectPaging = {
    ...{ title, region, hotline, remindMinutes: RUNBOOK_POLICY.remindMinutes },
    levels: escalation.map(({ role, afterMinutes, people, rotation }) => ({ role, afterMinutes, people, rotation })),
    dashboard: dashboardOf({ service, region }).url,
  };
  return variable(
    'escalation',
    paging,
    'the watch, which pages',
    'leave out overrides that are over, or shorten roles',
  );
}

/**
 * The health URLs by which the probe measures while the table is away.
 *
 * @throws Error when they are too long for the environment of a function
 */
export const probedUrls = ({ healthUrls }: ServiceConfig): string =>
  variable('healthUrls', healthUrls, 'the probe, which measures', 'name fewer of them');

/** The value of an environment variable. */
function variable(field: string, value: unknown, reader: string, advice: string): string {
  const json = JSON.stringify(value);
  const bytes = Buffer.byteLength(json);
  if (bytes <= MOST_BYTES) return json;
  throw new Error(
    `${field} takes ${bytes} bytes, and ${reader} by it while the table is away, has room for ${MOST_BYTES}: ${advice}`,
  );
}
