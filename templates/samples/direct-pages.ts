import { directPageFields } from '../../lambda/domain/messages/direct-page-text.ts';
import type { DirectPaging, RedAlarm } from '../../lambda/domain/on-call/direct-page.ts';
import type { Samples } from './samples.ts';

const PAGING: DirectPaging = {
  title: 'mockupAWS',
  region: 'us-east-1',
  levels: [
    { role: 'On-call engineer', afterMinutes: 0, people: ['ada'] },
    { role: 'Engineering manager', afterMinutes: 30, people: ['dora'] },
  ],
  remindMinutes: 10,
  hotline: '+1-555-MOCKUP',
  dashboard: 'https://example.com/dashboard',
};

const RED: RedAlarm[] = [
  { name: 'health-down', title: 'A health URL does not answer', since: '2026-03-02T09:14:20.000Z', level: 'critical' },
  {
    name: 'memory-warning',
    title: '80 % of the memory is in use',
    since: '2026-03-02T09:10:00.000Z',
    level: 'warning',
  },
];

const NOW = '2026-03-02T09:20:00.000Z';

/** More than a mail lists. */
const MANY = Array.from({ length: 40 }, (_, i) => ({
  ...{ name: `node-${i}`, title: `Node ${i} does not answer`, since: '2026-03-01T23:50:00.000Z' },
}));

/** Pages that are sent while the incident store is away: of alarms, and without CloudWatch. */
export function directPageSamples(): Samples {
  const fields = [
    directPageFields(PAGING, 1, RED, NOW),
    directPageFields(PAGING, 2, RED, NOW),
    directPageFields(PAGING, 2, undefined, NOW),
    directPageFields(PAGING, 2, MANY, NOW),
  ];
  return { 'messages/direct-page.txt': fields, 'messages/direct-sms.txt': fields };
}
