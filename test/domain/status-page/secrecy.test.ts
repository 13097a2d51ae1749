import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Event, IncidentEvent } from '../../../lambda/domain/incident/events.ts';
import { fold } from '../../../lambda/domain/incident/evolve.ts';
import type { Component } from '../../../lambda/domain/incident/service-policy.ts';
import { publicIncident } from '../../../lambda/domain/status-page/public-incident.ts';
import { renderSite } from '../../../lambda/domain/status-page/render-site.ts';
import { SAMPLES } from '../../../templates/samples/incidents.ts';
import { siteInput } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

/** What people and machines write down of an incident that no customer is told. */
const INWARDS: Event[] = [
  { type: 'NoteAdded', by: 'ada', via: 'slack', text: 'the writer is at its limit' },
  {
    type: 'UpdatePosted',
    to: 'stakeholders',
    status: 'resolved',
    by: 'ada',
    via: 'link',
    text: 'we scaled the writer',
  },
  { type: 'Declared', by: 'ben', fact: 'dataLoss', text: 'orders of ten minutes' },
  { type: 'StepSkipped', attempt: 2, step: 'kill-idle', title: 'Kill idle', reasons: ['cooldown'] },
  { type: 'ApprovalRequested', step: 'restart', title: 'Restart Redis', expiresAt: '2026-01-31T12:00:00.000Z' },
  { type: 'HandedOver', reason: 'no step is left' },
  { type: 'ReferenceAdded', system: 'pagerduty', ref: 'PD1', url: 'https://shop.pagerduty.com/PD1' },
  { type: 'SettlingFailed', checks: [{ check: 'health', passed: false, seen: '503 from the balancer' }] },
];

/** Words that mean something to the machine, and ids and times that the page shows as they are. */
const STRUCTURE =
  /^(type|from|to|status|severity|system|via|publishes|mode|state|level|priority|outcome|investigation|id|at|until|\w+At)$/;
/** What is written for customers, by the places where it stands. */
const PUBLIC =
  /(^|\.)(policy\.title|playbooks\.\d+\.customers\.\w+|statusPage\.components\.\d+\.(id|name|description)|customers)$/;

/** Every text of an entry that is not meant for customers with a mark, the same for the same text. */
function marked(value: unknown, mark: (text: string) => string, path: string, open = false): unknown {
  if (Array.isArray(value)) return value.map((each, index) => marked(each, mark, `${path}.${index}`, open));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        STRUCTURE.test(key) ? each : marked(each, mark, path ? `${path}.${key}` : key, open),
      ]),
    );
  if (typeof value !== 'string' || value === 'automation' || PUBLIC.test(path)) return value;
  return open && path === 'text' ? value : mark(value);
}

const isForCustomers = (entry: Event) => entry.type === 'UpdatePosted' && entry.to === 'public';

const secret = fc.tuple(
  fc.constantFrom(
    'arn:aws:rds:us-east-1:123456789012:cluster:',
    '10.0.17.',
    'ada@example.com ',
    'i-0123456789abcdef0 ',
    'https://vpc-1.us-east-1.amazonaws.com/',
    '<b>',
    '',
  ),
  fc.stringMatching(/^[a-z]{12}$/),
);

it('no file of the site has anything that is not meant for customers', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(SAMPLES)), secret, (sample, [kind, word]) => {
      const mark = (text: string) => `${kind}${word}-${text}`;
      const timeline = [...sample.timeline, ...INWARDS].map((entry, seq) => ({
        ...(marked(entry, mark, '', isForCustomers(entry)) as Event),
        ...{ seq, at: 'at' in entry ? entry.at : '2026-02-01T09:00:00.000Z', command: mark('command') },
      })) as IncidentEvent[];
      const { policy, ...incident } = fold(timeline);
      expect(JSON.stringify(incident)).toContain(word);
      const components = (policy.statusPage?.components ?? []) as Component[];
      const known = components.map(component => ({ ...component, affectedBy: [mark('ServiceHealth')] }));
      const told = publicIncident({ ...incident, policy, drill: sample.drill ?? false }, render);
      const input = siteInput({ components: known, incidents: told ? [told] : [] });
      const files = renderSite(input, render);
      if (told) expect(files[0]?.body).toContain(told.name);
      for (const { path, body } of files) expect(body, path).not.toContain(word);
    }),
    { numRuns: 60 },
  );
});

it('a drill is on no page', () => {
  expect(publicIncident(SAMPLES.drill, render)).toBeUndefined();
});

it('a false alarm has no impact on the page', () => {
  const resolved = { ...SAMPLES.resolved, cancelled: true };
  expect(publicIncident(resolved, render)).toMatchObject({ impact: 'none', status: 'resolved' });
});
