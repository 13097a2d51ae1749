import { describe, expect, it, test } from 'vitest';
import type { HeldBy, Maintenance } from '../../../lambda/domain/incident/maintenance.ts';
import { covers } from '../../../lambda/domain/incident/scope.ts';
import { alarmKey, type Signal } from '../../../lambda/domain/incident/signal.ts';
import { toldMaintenance, withMaintenance } from '../../../lambda/domain/intake/maintenance.ts';
import { pages } from '../../../lambda/domain/messages/page.ts';
import { ticketAction } from '../../../lambda/domain/messages/ticket.ts';
import { minute, of, STATUS_PAGE, Story, step, types } from '../../support/story.ts';

const MUTED: HeldBy = { source: 'mute rule', reason: 'upgrade', until: minute(60) };
const held = { maintenance: MUTED } as const;

/** An alarm fires within maintenance. */
function heldIncident(): Story {
  const story = new Story(step('scale'));
  story.fires('critical', held);
  return story;
}

describe('what maintenance covers', () => {
  const components = [
    { id: 'api', name: 'API', description: '', affectedBy: ['DatabaseConnections', 'RedisHealth'] },
    { id: 'shop', name: 'Shop', description: '', affectedBy: ['DatabaseConnections'] },
  ];
  const page = { statusPage: { url: 'https://status', components } };
  it.each<[string, Maintenance['scope'], string, string, boolean]>([
    ['a window of the service', 'service', 'Certificates', 'a', true],
    ['a mute rule of the alarm', { alarms: ['a', 'b'] }, 'RedisHealth', 'a', true],
    ['a mute rule of another alarm', { alarms: ['b'] }, 'RedisHealth', 'a', false],
    ['an announcement of all that it affects', { components: ['api', 'shop'] }, 'DatabaseConnections', 'a', true],
    ['an announcement of a part of what it affects', { components: ['api'] }, 'DatabaseConnections', 'a', false],
    ['an announcement of the one that it affects', { components: ['api'] }, 'RedisHealth', 'a', true],
    ['an announcement of a part, of a playbook that none names', { components: ['api'] }, 'Memory', 'a', false],
    ['an announcement of everything', { components: ['api', 'shop'] }, 'Memory', 'a', true],
  ])('%s', (_, scope, playbook, alarm, covered) => {
    expect(covers({ scope }, { playbook, alarm }, page)).toBe(covered);
  });

  it('of an announcement is nothing where there is no status page', () => {
    expect(covers({ scope: { components: [] } }, { playbook: 'Memory', alarm: 'a' }, {})).toBe(false);
  });

  it('is said of no signal that is clear, declared or set off for a drill', () => {
    const story = new Story();
    const window: Maintenance = { source: 'person', scope: 'service', reason: 'upgrade' };
    const about = { id: '1', key: alarmKey('critical'), at: minute(0), level: 'critical', summary: 'full' } as const;
    const signal = { ...about, playbook: 'DatabaseConnections', service: 'shop', state: 'firing' } as const;
    const marked = (changes: Partial<Signal>) =>
      withMaintenance([{ ...signal, ...changes }], [window], story.policy)[0]?.maintenance;
    expect(marked({})).toEqual({ source: 'person', reason: 'upgrade' });
    expect(marked({ state: 'cleared' })).toBeUndefined();
    expect(marked({ drill: true })).toBeUndefined();
    expect(marked({ declared: { text: 'down' } })).toBeUndefined();
  });

  it('of an alarm that cannot be read is what its event said, until the end that it named', () => {
    const story = heldIncident();
    const key = alarmKey('critical');
    expect(toldMaintenance(story.incident, [key], minute(59))).toEqual([{ ...MUTED, scope: { alarms: ['critical'] } }]);
    expect(toldMaintenance(story.incident, [key], minute(60))).toEqual([]);
    expect(toldMaintenance(story.incident, [], minute(1))).toEqual([]);
  });
});

describe('an alarm within maintenance', () => {
  test('is recorded, and told by one notice', () => {
    const story = heldIncident();
    expect(types(story.incident.timeline)).toEqual(['IncidentOpened', 'SignalFired', 'HeldForMaintenance']);
    const [opened] = of(story.incident.timeline, 'IncidentOpened');
    const told = opened && pages(story.incident, opened);
    expect(told).toMatchObject([{ level: 1, urgency: 'notice', fields: { kind: '[MAINTENANCE]', called: null } }]);
    expect(opened && ticketAction(story.incident, opened, 'pagerduty', story.now)).toBeUndefined();
  });

  test('owes nobody anything, however long it lasts', () => {
    const story = heldIncident();
    story.watchesFrom(1, 30);
    story.at(2 * 24 * 60).watches();
    story.suffers(0.9);
    expect(types(story.incident.timeline)).toHaveLength(3);
    story.tell({ type: 'note', by: 'ada', text: 'as expected' });
    expect(story.incident.judged).toEqual([]);
  });

  test('has no severity that a person could set: they declare what they see', () => {
    const story = heldIncident();
    expect(story.tell({ type: 'set severity', severity: 'P1', by: 'ada' })).toEqual([]);
    expect(story.refused).toMatch(/held for maintenance: npx incident declare/);
  });

  test('that clears within it is cancelled, and told of to nobody', () => {
    const story = heldIncident();
    story.at(5).clears();
    story.watchesFrom(5, 12);
    const [resolved] = of(story.incident.timeline, 'Resolved');
    expect(resolved).toMatchObject({ by: 'automation', cancelled: true, reason: 'cleared within maintenance' });
    expect(resolved && pages(story.incident, resolved)).toEqual([]);
  });

  test('that comes back in between stays one incident', () => {
    const story = heldIncident();
    story.at(5).clears();
    story.at(7).fires('critical', held);
    story.watchesFrom(7, 20);
    expect(story.incident).toMatchObject({ number: 1, status: 'investigating' });
  });

  test.each([
    ['fires', { state: 'firing' }],
    ['is without data', { state: 'unknown' }],
  ] as const)('that still %s at its end is an incident from then on', (_, changes) => {
    const story = heldIncident();
    if (changes.state === 'unknown') story.at(10).loses('critical', { ...held, at: minute(10) });
    const at = minute(changes.state === 'unknown' ? 10 : 0);
    const events = story.at(60).fires('critical', { ...changes, at });
    expect(types(events).slice(1)).toEqual(
      changes.state === 'firing'
        ? ['MaintenanceEnded', 'SeverityAssigned', 'Escalated', 'ResponseRequested']
        : ['MaintenanceEnded', 'SeverityAssigned', 'ResponseRequested'],
    );
    const { incident } = story;
    expect(incident).toMatchObject({ startedAt: minute(60), detectedAt: minute(60), held: undefined });
    const [ended] = of(incident.timeline, 'MaintenanceEnded');
    expect(ended && ticketAction(incident, ended, 'pagerduty', story.now)).toBe('open');
  });

  test('is joined by one outside its scope: that is an incident, and knows what is held back', () => {
    const story = heldIncident();
    story.at(3).fires('warning');
    expect(types(story.incident.timeline)).toContain('MaintenanceEnded');
    expect(story.incident).toMatchObject({ severity: 'P3', troubles: [{ since: minute(3) }] });
    story.at(60).fires('critical', { at: minute(0) });
    expect(story.incident.severity).toBe('P2');
  });

  test('is heard no more once a person declares what they see', () => {
    const story = heldIncident();
    story.at(3).fires('declared', { declared: { severity: 'P1', text: 'nobody can order' }, reporter: 'ada' });
    expect(types(story.incident.timeline).slice(3)).toEqual(
      expect.arrayContaining(['MaintenanceEnded', 'NoteAdded', 'Escalated', 'ResponseRequested']),
    );
    story.diagnoses();
    story.plans();
    expect(story.incident).toMatchObject({ severity: 'P1', diagnosedIn: 1 });
  });

  test('raises nothing in an incident about something else, and does not keep it open', () => {
    const story = new Story(step('scale'));
    story.fires('warning');
    story.diagnoses();
    expect(types(story.at(1).fires('critical', held))).toEqual(['SignalFired']);
    expect(story.incident.severity).toBe('P3');
    story.at(2).clears('warning');
    story.plans();
    story.watchesFrom(3, 20);
    expect(story.incident.status).toBe('resolved');
    story.at(60).fires('critical', { at: minute(1) });
    expect(story.incident).toMatchObject({ number: 2, status: 'investigating', severity: 'P2' });
  });
});

describe('an incident that is open when maintenance begins', () => {
  const window: Maintenance = { source: 'mute rule', scope: { alarms: ['critical'] }, reason: 'upgrade' };

  test('runs no step while an alarm of the plan is muted, or nobody can say', () => {
    for (const maintenance of [[window], 'unreadable'] as const) {
      const story = new Story(step('scale'));
      story.fires();
      story.diagnoses();
      const planned = story.plans({ ...story.readings, maintenance });
      expect(of(planned, 'StepStarted')).toEqual([]);
      expect(of(planned, 'StepSkipped')[0]?.reasons.join()).toMatch(/^mute rule/);
    }
  });

  test('runs its steps when the maintenance is of something else', () => {
    const story = new Story(step('scale'));
    story.fires();
    story.diagnoses();
    const maintenance: Maintenance[] = [{ ...window, scope: { alarms: ['other'] } }];
    expect(of(story.plans({ ...story.readings, maintenance }), 'StepStarted')).toHaveLength(1);
  });

  test('is not published while the maintenance explains all that fires', async () => {
    const { dueWithin } = await import('../../../lambda/domain/remediation/maintenance.ts');
    const story = Story.under({ ...new Story(step('scale')).policy, statusPage: STATUS_PAGE });
    story.fires();
    story.diagnoses({ usersAffectedShare: 0.6 });
    const due = (maintenance: Maintenance[]) =>
      dueWithin(story.due(), story.incident, maintenance).map(({ type }) => type);
    expect(due([])).toContain('publish');
    expect(due([window])).not.toContain('publish');
    expect(due([{ source: 'announcement', scope: { components: ['api'] }, reason: 'upgrade' }])).not.toContain(
      'publish',
    );
  });
});
