import { describe, expect, it, test } from 'vitest';
import type { Policy } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import type { Declaration } from '../../../lambda/domain/incident/signal.ts';
import { isPagedEvent, pages } from '../../../lambda/domain/messages/page.ts';
import { of, policy, STATUS_PAGE, Story, types } from '../../support/story.ts';

const POLICY: Partial<Policy> = { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE };

/** An incident that grace declares so. */
function declared(declaration: Declaration, changes: Partial<Policy> = {}): Story {
  const story = Story.under(policy([], { ...POLICY, ...changes }));
  const text = 'where is the export?';
  story.fires('declared', {
    reporter: 'grace',
    level: 'info',
    declared: { ...declaration, text, via: 'command line' },
  });
  return story;
}

/** Watched each minute, with the response ended as soon as it was begun. */
function watched(story: Story, from: number, to: number): void {
  if (from === 0 && story.incident.attempt) story.responds();
  story.watchesFrom(from, to);
}

/** What people on call are sent, by what caused it and how loud it is. */
const sent = ({ incident }: Story) =>
  incident.timeline.flatMap((_, seq) => {
    const entry = incident.timeline[seq];
    return entry && isPagedEvent(entry) ? pages(incident, entry).map(({ urgency }) => `${entry.type}: ${urgency}`) : [];
  });

describe('a question, declared as a P4,', () => {
  it('sends one notice with the time an answer is due, and starts no response', () => {
    const story = declared({ severity: 'P4' });
    watched(story, 0, 600);
    expect(types(story.incident.timeline)).toEqual(['IncidentOpened', 'SignalFired', 'SeverityAssigned']);
    expect(story.incident).toMatchObject({ severity: 'P4', reporter: 'grace', status: 'investigating' });
    expect(sent(story)).toEqual(['IncidentOpened: notice']);
    const [opened] = of(story.incident.timeline, 'IncidentOpened');
    const [notice] = opened ? pages(story.incident, opened) : [];
    expect(notice?.fields.headline).toMatch(/^An answer is due by 2026-04-08 09:30 UTC: /);
  });

  it('misses its target once when nobody answers within 24 hours', () => {
    const story = declared({ severity: 'P4' });
    watched(story, 0, 1450);
    expect(of(story.incident.timeline, 'TargetMissed')).toMatchObject([{ target: 'response', minutes: 1440 }]);
    expect(sent(story)).toEqual(['IncidentOpened: notice', 'TargetMissed: notice']);
  });

  it.each([
    [
      'a severity that a person sets',
      (story: Story) => story.tell({ type: 'set severity', severity: 'P2', by: 'ada' }),
    ],
    ['a breach', (story: Story) => story.tell({ type: 'declare', securityBreach: true, text: 'a key', by: 'ada' })],
  ])('starts a response once %s makes it an incident', (_, worsens) => {
    const story = declared({ severity: 'P4' });
    expect(types(worsens(story))).toEqual(expect.arrayContaining(['Escalated', 'ResponseRequested']));
  });
});

describe('an incident that a person declares as a P3', () => {
  it('sends one notice and no question to publish', () => {
    const story = declared({ severity: 'P3' });
    watched(story, 0, 60);
    expect(sent(story)).toEqual(['IncidentOpened: notice']);
    expect(types(story.incident.timeline)).not.toContain('PublicationRequested');
  });

  it('asks for publication once harm to customers is measured', () => {
    const story = declared({ severity: 'P3' });
    watched(story, 0, 5);
    story.suffers(0.06);
    watched(story, 6, 8);
    expect(of(story.incident.timeline, 'PublicationRequested')).toHaveLength(1);
  });
});

test.each(['P1', 'P2'] as const)(
  'a declared %s has that severity, names who declared it, and pages people',
  severity => {
    const { timeline, overruled } = declared({ severity }).incident;
    expect(of(timeline, 'SeverityAssigned')).toMatchObject([
      { severity, by: 'grace', via: 'command line', reasons: [{ text: 'declared by grace' }] },
    ]);
    expect(of(timeline, 'Escalated')).toMatchObject([{ level: 1, reason: `declared as ${severity}` }]);
    expect(overruled).toBe('P4');
  },
);

test('a declared P2 rises when something worse is measured, and not for less', () => {
  const story = declared({ severity: 'P2' });
  story.diagnoses({ usersAffectedShare: 0.1 });
  expect(story.incident.severity).toBe('P2');
  story.suffers(0.6);
  expect(story.incident.severity).toBe('P1');
});

test('a breach declared after a person lowered the severity makes the incident a P1', () => {
  const story = Story.under(policy([], POLICY));
  story.fires();
  story.suffers(0.9);
  story.tell({ type: 'set severity', severity: 'P3', by: 'ada' });
  story.tell({ type: 'declare', securityBreach: true, text: 'a key', by: 'ada' });
  expect(story.incident).toMatchObject({ severity: 'P1', overruled: undefined });
});

test('a contradictory declaration is refused before an incident opens', () => {
  const story = Story.under(policy([], POLICY));
  story.fires('declared', { reporter: 'grace', declared: { severity: 'P3', dataLoss: true, text: 'gone' } });
  expect(story.refused).toBe('a data loss is a P1, not a P3');
  expect(story.opened).toBe(false);
});
