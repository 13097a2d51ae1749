import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderer } from '../../../lambda/domain/kernel/templates.ts';
import { customerMail } from '../../../lambda/domain/subscribers/customer-notification.ts';
import { readFolders } from '../../../lib/platform/templates.ts';
import { FAILED, policy, Story, step, withPlaybook } from '../../support/story.ts';

const render = renderer(readFolders('messages', 'status-updates'));

const COMPONENTS = [
  { id: 'api', name: 'API', description: '' },
  { id: 'website', name: 'Website', description: '' },
];

/** Every word of it that is ours alone has this in it. */
const OURS = 'entre-nous';

function down({ publish = true } = {}): Story {
  const base = policy([step(`${OURS}-step`, { title: `${OURS} step` })]);
  const playbook = {
    ...{ name: OURS, title: OURS, impact: OURS },
    customers: { title: 'Service unavailable', impact: 'Pages do not load.' },
    advice: { action: OURS, template: OURS },
  };
  const story = Story.under({
    ...withPlaybook(base, playbook),
    severities: RUNBOOK_SEVERITIES,
    statusPage: { url: 'https://status.mockupaws.com', components: COMPONENTS },
    links: [{ label: OURS, url: `https://${OURS}.example` }],
  });
  story.fires(`critical ${OURS}`, { summary: `${OURS} fires`, reporter: OURS, playbook: OURS });
  if (publish) story.tell({ type: 'publish', by: OURS });
  return story;
}

const letterOf = (story: Story) => customerMail(story.incident, render);
const tells = (story: Story, text: string) => story.tell({ type: 'post update', by: OURS, text });

describe('the customer notification of the runbook (3.2)', () => {
  it('has every field in the form of the runbook', () => {
    const story = down();
    tells(story, 'We are looking into pages that do not load.');
    const { subject, body, number } = letterOf(story) ?? {};
    expect([subject, number]).toEqual(['Service Disruption - mockupAWS', 1]);
    for (const line of [
      'We are looking into pages that do not load.',
      'Impact: Pages do not load.',
      'Affected: API and Website',
      'Started: 09:30 UTC',
      'Status: Investigating',
      'You get an update every 30 minutes until this is resolved.',
      'Follow it at https://status.mockupaws.com/incidents/INC-2026-04-07-001.html',
      'We apologise for the disruption.',
      '{{amazonSESUnsubscribeUrl}}',
    ])
      expect(body?.split('\n')).toContain(line);
  });

  it('is written by automation too, in the words of the status page', () => {
    const story = down();
    story.watches();
    expect(letterOf(story)?.body).toMatch(/^We are investigating a problem with mockupAWS. Pages do not load.\n/);
  });

  it('is followed by updates that stand alone, the last of them after the review', () => {
    const story = down();
    story.diagnoses({ usersAffectedShare: 0.6, desiredTasks: 10 });
    story.watches();
    story.at(30);
    tells(story, 'A fix is under way.');
    expect(letterOf(story)).toMatchObject({ number: 2, subject: '[Identified] Service Disruption - mockupAWS' });
    story.at(40).resolves();
    const resolved = letterOf(story);
    expect(resolved).toMatchObject({ number: 3, subject: '[Resolved] Service Disruption - mockupAWS' });
    for (const part of ['Started: 09:30 UTC', 'post-mortem follows within 24 hours', '{{amazonSESUnsubscribeUrl}}'])
      expect(resolved?.body).toContain(part);
    const inside = { summary: OURS, rootCause: OURS, lessons: OURS, dataImpact: OURS };
    story.at(600).tell({ type: 'finish post-mortem', by: OURS, ...inside, customers: 'We had too few servers.' });
    const reviewed = letterOf(story);
    expect(reviewed).toMatchObject({ number: 4, subject: '[Post-mortem] Service Disruption - mockupAWS' });
    expect(reviewed?.body).toMatch(/^We had too few servers\.\n/);
  });

  it('goes to subscribers of the affected components', () => {
    const story = down({ publish: false });
    story.tell({ type: 'publish', by: 'ada', components: ['website'] });
    tells(story, 'Pages do not load.');
    expect(letterOf(story)).toMatchObject({
      components: ['website'],
      body: expect.stringContaining('Affected: Website\n'),
    });
  });
});

it('a customer notification is not sent before publication, or for a drill', () => {
  const quiet = down({ publish: false });
  tells(quiet, 'for stakeholders');
  expect(letterOf(quiet)).toBeUndefined();
  const told = down();
  tells(told, 'Pages do not load.');
  expect(customerMail({ ...told.incident, drill: true }, render)).toBeUndefined();
});

it('a customer notification has nothing internal, whatever happened', () => {
  const moves: Record<string, (story: Story) => unknown> = {
    'a note': story => story.tell({ type: 'note', by: OURS, text: OURS }),
    'the diagnosis': story => story.diagnoses({ usersAffectedShare: 0.4, [OURS]: 1 }),
    'a step': story => [story.plans(), story.ends(FAILED)],
    'a declaration': story => story.tell({ type: 'declare', by: OURS, dataLoss: true, text: OURS }),
    'an update for stakeholders': story => story.tell({ type: 'post update', by: OURS, text: OURS, internal: true }),
    'an update for all': story => tells(story, 'Said to all.'),
    'an acknowledgement': story => story.acknowledges(OURS),
    'a severity': story => story.tell({ type: 'set severity', by: OURS, severity: 'P1', reason: OURS }),
    'the watch': story => story.watches(),
    'a while': story => Object.assign(story, { now: new Date(Date.parse(story.now) + 31 * 60_000).toISOString() }),
    'the end': story => story.tell({ type: 'resolve', by: OURS, reason: OURS }),
    'no incident after all': story => story.tell({ type: 'resolve', by: OURS, reason: OURS, cancelled: true }),
  };
  let letters = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.keys(moves)), { minLength: 3, maxLength: 20 }), names => {
      const story = down();
      tells(story, 'First.');
      for (const name of names) moves[name]?.(story);
      const letter = letterOf(story);
      letters++;
      expect(`${letter?.subject} ${letter?.body}`).not.toContain(OURS);
      expect(letter?.body).toContain('{{amazonSESUnsubscribeUrl}}');
    }),
  );
  expect(letters).toBeGreaterThan(50);
});
