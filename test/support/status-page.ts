import type { Component } from '../../lambda/domain/incident/service-policy.ts';
import { clock, plusMinutes } from '../../lambda/domain/kernel/time.ts';
import type {
  PublicImpact,
  PublicIncident,
  PublicStatus,
  PublicUpdate,
} from '../../lambda/domain/status-page/public-incident.ts';
import type { Maintenance, SiteInput } from '../../lambda/domain/status-page/site.ts';

/** A Saturday morning. */
export const NOW = '2026-01-31T09:47:00.000Z';

export const ago = (minutes: number) => plusMinutes(NOW, -minutes);

const [API, WEBSITE, MAIL]: [Component, Component, Component] = [
  { id: 'api', name: 'API', description: 'Requests of your applications' },
  { id: 'website', name: 'Website', description: 'mockupaws.com and its editor' },
  { id: 'mail', name: 'E-mail', description: 'Invitations and reports' },
];
export const COMPONENTS = { API, WEBSITE, MAIL };

const DAY = 1440;
const DAYS = 90;

/** What is measured of the last days, today included. */
export const measuredFor = (days: number): SiteInput['measured'] => ({
  days: Object.fromEntries(
    Array.from({ length: days }, (_, day) => [ago(day * DAY).slice(0, 10), day === 0 ? (9 * 60 + 47) / DAY : 1]),
  ),
  lastAt: ago(1),
});

/** A service of three components of which nothing bad is known. */
export const siteInput = (changes: Partial<SiteInput> = {}): SiteInput => ({
  title: 'mockupAWS',
  url: 'https://status.mockupaws.com',
  components: [API, WEBSITE, MAIL],
  maintenance: [],
  incidents: [],
  measured: measuredFor(DAYS),
  now: NOW,
  ...changes,
});

const BODIES: Record<PublicStatus, string> = {
  investigating: 'We are investigating a problem with mockupAWS. Requests may fail or take longer than usual.',
  identified: 'We have identified the cause of the problem and are working on a fix.',
  monitoring: 'A fix is in place, and the service is recovering. We are watching it closely.',
  resolved: 'This incident is resolved, and mockupAWS works as usual again. We apologise for the disruption.',
  postmortem: 'An export held too many connections.\n\nWe have given exports connections of their own.',
};

export interface Told {
  /** Minutes before now. */
  from: number;
  /** Absent, it is open. */
  to?: number;
  impact?: PublicImpact;
  name?: string;
  components?: readonly Component[];
  /** What was said, the newest first. */
  statuses?: PublicStatus[];
  number?: number;
}

/** An incident as customers are told of it. */
export function told({
  from,
  to,
  impact = 'critical',
  name = 'Requests fail',
  components = [API],
  number = 1,
  statuses = to === undefined ? ['identified', 'investigating'] : ['resolved', 'monitoring', 'investigating'],
}: Told): PublicIncident {
  const startedAt = ago(from);
  const id = `INC-${startedAt.slice(0, 10)}-${String(number).padStart(3, '0')}`;
  const independent = (from - (to ?? 0)) / Math.max(1, statuses.length);
  const update = (status: PublicStatus, index: number): PublicUpdate => {
    const at =
      index === 0 && to !== undefined ? ago(to) : plusMinutes(startedAt, (statuses.length - index) * independent - 1);
    const body = `${BODIES[status]}\n\nPosted ${clock(at)} UTC`;
    return { id: `${id}-${statuses.length - index + 7}`, status, at, body };
  };
  const updates = statuses.map(update);
  return {
    ...{ id, name, impact, components, startedAt, updates },
    status: statuses[0] ?? 'investigating',
    resolvedAt: to === undefined ? undefined : ago(to),
  };
}

export const maintenance = (from: number, to: number, changes: Partial<Maintenance> = {}): Maintenance => ({
  id: 'database-upgrade',
  title: 'Database upgrade',
  text: 'Requests may take longer than usual for some minutes.',
  from: ago(from),
  to: ago(to),
  components: ['api'],
  ...changes,
});

const WHOLE: PublicStatus[] = ['resolved', 'monitoring', 'identified', 'investigating'];
const IMPACTS: PublicImpact[] = ['minor', 'major', 'critical', 'minor', 'none'];

/** As many incidents as are asked for, over all the days that are shown, two of them open. */
export const busySite = (count: number): SiteInput =>
  siteInput({
    incidents: Array.from({ length: count }, (_, index) => {
      const from = 40 + (index * (DAYS * DAY - 200)) / count;
      return told({
        from,
        ...(index < 2 ? {} : { to: from - 15 - (index % 7) * 3 }),
        impact: IMPACTS[index % IMPACTS.length] ?? 'minor',
        name: index % 3 === 0 ? 'Requests fail or take longer than usual' : 'Pages load slowly',
        components: [[API], [WEBSITE], [API, WEBSITE, MAIL]][index % 3] ?? [API],
        number: index + 1,
        ...(index < 2 ? {} : { statuses: WHOLE }),
      });
    }),
    maintenance: [maintenance(-600, -720)],
    subscribeUrl: '/subscribe',
  });
