import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventType, IncidentEvent } from '../../../lambda/domain/incident/events.ts';
import { duration } from '../../../lambda/domain/kernel/time.ts';
import { isPagedEvent, type PageMessage } from '../../../lambda/domain/messages/page.ts';
import { fired } from '../../support/stories.ts';
import { FAILED, minute, of, PASSED, policy, Story, step, withPlaybook } from '../../support/story.ts';
import { told, written } from '../../support/written.ts';

const urgencies = (messages: PageMessage[]) => messages.map(({ level, urgency }) => [level, urgency]);

const lines = ([message]: ReturnType<typeof written>) => message?.body.split('\n') ?? [];

describe('the recipients of a page', () => {
  const severe = { P1: { dataLoss: 1 }, P2: { healthFailingShare: 0.5 }, P3: { usersAffectedShare: 0.1 } };

  test.each(['P1', 'P2'] as const)('of a %s are the people of the level that is called', severity => {
    const story = fired();
    story.diagnoses(severe[severity]);
    expect(story.incident.severity).toBe(severity);
    expect(urgencies(told(story, 'IncidentOpened')), 'not twice').toEqual([]);
    expect(urgencies(told(story, 'Escalated'))).toEqual([[1, 'page']]);
    story.at(15).watches();
    expect(urgencies(told(story, 'Escalated'))).toEqual([[2, 'page']]);
  });

  test('of a P3 are the first level, which is not woken', () => {
    const story = new Story(step('first', { mode: 'approve' }));
    story.fires('warning');
    expect(urgencies(told(story, 'IncidentOpened'))).toEqual([[1, 'notice']]);
    story.responds();
    expect(urgencies(told(story, 'ApprovalRequested'))).toEqual([[1, 'notice']]);
  });

  test('of a P4 are the first level, which is not woken', () => {
    const story = Story.under(policy([], { criteria: [] }));
    story.fires();
    expect(story.incident.severity).toBe('P4');
    expect(urgencies(told(story, 'IncidentOpened'))).toEqual([[1, 'notice']]);
    story.responds();
    expect(urgencies(told(story, 'HandedOver'))).toEqual([[1, 'notice']]);
  });

  test('after a hand-over are every level called so far', () => {
    const story = fired(step('first'));
    story.at(15).watches();
    story.responds();
    expect(urgencies(told(story, 'HandedOver'))).toEqual([
      [1, 'page'],
      [2, 'page'],
    ]);
  });

  test('of what is still red after the resolution are every level called so far, once, and nobody is woken', () => {
    const story = fired();
    story.watchesFrom(15, 31);
    story.resolves();
    const red = [{ name: 'critical', since: minute(0) }];
    for (const at of [41, 42]) story.at(at).tell({ type: 'tell still red', red });
    expect(of(story.incident.timeline, 'StillRed')).toHaveLength(1);
    const messages = told(story, 'StillRed');
    expect(urgencies(messages)).toEqual([1, 2, 3].map(level => [level, 'notice']));
    expect(messages[0]?.fields).toMatchObject({ kind: '[RESOLVED - STILL RED]', called: null });
    expect(messages[0]?.fields.headline).toContain('critical since 09:30 UTC');
  });

  test('after the resolution are every level called so far, and nobody is woken', () => {
    const story = fired();
    story.watchesFrom(15, 31);
    story.resolves();
    expect(urgencies(told(story, 'Resolved'))).toEqual([
      [1, 'notice'],
      [2, 'notice'],
      [3, 'notice'],
    ]);
  });
});

describe('a page that is out of date is not sent:', () => {
  test('after the resolution, every other page', () => {
    const story = fired(step('first', { mode: 'approve' }));
    story.responds();
    story.at(20).watches();
    story.resolves();
    for (const entry of story.incident.timeline) {
      if (isPagedEvent(entry) && entry.type !== 'Resolved') expect(written(story.incident, entry)).toEqual([]);
    }
  });

  test('after an acknowledgement, an escalation', () => {
    const story = fired();
    story.at(1).acknowledges();
    expect(told(story, 'Escalated')).toEqual([]);
    story.at(31).watches();
    expect(told(story, 'Escalated')).toHaveLength(1);
  });

  test('after an answer, an approval question', () => {
    const story = fired(step('first', { mode: 'approve' }));
    story.responds();
    expect(told(story, 'ApprovalRequested')).toHaveLength(1);
    story.tell({ type: 'answer approval', step: 'first', approve: true, by: 'ada' });
    expect(told(story, 'ApprovalRequested')).toEqual([]);
  });
});

describe('the text of a page', () => {
  const worked = () => {
    const story = new Story(step('first'), step('second', { mode: 'off' }), step('third'));
    story.at(4).fires('critical', { since: minute(0) });
    story.diagnoses({ usersAffectedShare: 0.38, desiredTasks: 10 });
    story.at(5).plans();
    return story;
  };

  test('has everything that an operator needs to begin', () => {
    const story = worked();
    story.at(19).watches();
    const body = lines(told(story, 'Escalated'));
    expect(body[0]).toBe('critical: 1700 (threshold 1635), since 09:34 UTC');
    expect(body).toEqual(
      expect.arrayContaining([
        'Incident   INC-2026-04-07-001',
        'Severity   P2 - High',
        'Because    as of 09:34 UTC',
        '           more than 25 % of users affected: 38 % of requests failing',
        'At worst   09:34 UTC: 38 % of requests failing',
        'Last seen  09:34 UTC: 38 % of requests failing',
        'What was found (09:34 UTC)',
        'Started    2026-04-07 09:30 UTC',
        'Status     identified: 10 tasks are wanted',
        'Impact     API timeouts',
        'You are    the senior engineer (level 2 of 4; not acknowledged for 15 min). Respond by 10:34 UTC.',
        '  ! critical: 1700 (threshold 1635), since 09:34 UTC',
        '  ! what was measured',
        '  [>] 09:35 Do first: under way',
        '  Automation is working through the plan.',
        '  Status page: https://status.mockupaws.com',
        '  Alarm critical: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/critical',
      ]),
    );
  });

  test('has every criterion that was met, and every state of a remedy', () => {
    const story = worked();
    story.ends(FAILED);
    story.diagnoses({ ...story.facts, dataLoss: 1, securityBreach: 1 });
    story.plans();
    story.clears();
    story.ends(PASSED);
    story.at(9).fires('warning');
    const body = lines(told(story, 'Escalated'));
    expect(body).toEqual(
      expect.arrayContaining([
        '           data loss or corruption: declared',
        '           security breach: declared',
        '  - critical: 1700 (threshold 1635), at 09:35 UTC',
        '  ! warning: 1700 (threshold 1635), since 09:39 UTC',
        '  [!] 09:35 Do first: did not help (health: 503)',
        '  [x] 09:35 Do third: helped for a while',
        '  [ ] Do second: not tried (switched off)',
      ]),
    );
  });

  test('shows a check that could not be made as unknown, not as passed', () => {
    const story = fired();
    const findings = [
      { check: 'database', ok: null, summary: 'database: could not be checked', facts: {} },
      { check: 'ECS', ok: true, summary: 'ECS: 10 of 10 tasks running', facts: {} },
    ];
    story.tell({ type: 'record diagnosis', attempt: 1, findings });
    expect(lines(told(story, 'Escalated'))).toEqual(
      expect.arrayContaining(['  ? database: could not be checked', '  - ECS: 10 of 10 tasks running']),
    );
  });

  test.each<[string, (story: Story) => void, EventType, string, string]>([
    [
      'a hand-over',
      story => story.responds(),
      'HandedOver',
      '[INCIDENT - NEEDS YOU]',
      'You need to act: automation has no remedy for this',
    ],
    ['a resolution', story => story.at(84).resolves(), 'Resolved', '[RESOLVED]', 'Resolved: fixed by hand'],
    ['an escalation', () => undefined, 'Escalated', '[INCIDENT]', 'critical: 1700 (threshold 1635), since 09:30 UTC'],
  ])('begins with the one sentence that matters: %s', (_, befall, type, prefix, headline) => {
    const story = fired();
    befall(story);
    const [message] = told(story, type);
    expect(message?.subject).toBe(`${prefix} P2 - mockupAWS Database Connections Exhausted`);
    expect(message?.body.split('\n')[0]).toBe(headline);
    expect(message?.sms).toMatch(
      /^P2 mockupAWS: Database Connections Exhausted\. .*\nnpx incident ack INC-2026-04-07-001$/,
    );
    expect(message?.sms).toContain(headline);
  });

  test('as an SMS says why somebody is called now, by when to respond, and how', () => {
    const story = fired();
    const smsOf = (type: EventType) => told(story, type)[0]?.sms;
    const about = 'P2 mockupAWS: Database Connections Exhausted.';
    const by = 'Respond by 10:30 UTC\nnpx incident ack INC-2026-04-07-001';
    expect(smsOf('Escalated')).toBe(`${about} critical: 1700 (threshold 1635), since 09:30 UTC. ${by}`);
    story.at(10).watches();
    expect(smsOf('Reminded')).toBe(
      `${about} Still not acknowledged. critical: 1700 (threshold 1635), since 09:30 UTC. ${by}`,
    );
    story.at(16).watches();
    expect(smsOf('Escalated')).toBe(
      `${about} Not acknowledged for 15 min. critical: 1700 (threshold 1635), since 09:30 UTC. ${by}`,
    );
    story.at(17).tell({ type: 'end response', attempt: 1, reason: 'the plan did not help. Do first: it failed' });
    expect(smsOf('HandedOver')).toBe(
      `${about} You need to act: the plan did not help. critical: 1700 (threshold 1635), since 09:30 UTC. ${by}`,
    );
    story.acknowledges();
    story.at(47).watches();
    expect(smsOf('Escalated')).toContain(`${about} The acknowledgement by ada has expired. critical`);
    story.at(61).watches();
    expect(smsOf('Reminded')).toMatch(/\. Respond now\n/);
  });

  test('with a question says what is asked, and until when', () => {
    const story = fired(step('first', { mode: 'approve' }));
    story.at(1).responds();
    const [message] = told(story, 'ApprovalRequested');
    expect(message?.subject).toMatch(/^\[INCIDENT - APPROVAL\] /);
    expect(message?.body).toMatch(/^Approve "Do first" by 10:01 UTC\n/);
    expect(message?.body).toContain('Waiting for approval of "Do first" until 10:01 UTC.');
  });

  test('lists as planned only steps that may still come, not those tried, declined or skipped by an approval', () => {
    const story = new Story(
      step('zeroth', { mode: 'off' }),
      step('first'),
      step('second', { mode: 'approve' }),
      step('third'),
    );
    const planned = () => lines(told(story, 'Escalated')).filter(line => line.endsWith(': planned'));
    story.fires();
    expect(planned()).toEqual(['first', 'second', 'third'].map(name => `  [ ] Do ${name}: planned`));
    story.responds();
    expect(planned(), 'while a person is asked').toEqual([]);
    story.tell({ type: 'answer approval', step: 'second', approve: false, by: 'ada' });
    story.at(15).watches();
    expect(planned()).toEqual(['  [ ] Do third: planned']);
  });

  test('does not call clear signals on an unhealthy service a recovery', () => {
    const story = fired();
    story.at(1).clears();
    story.plans();
    story.at(6).watches(FAILED);
    const [message] = told(story, 'HandedOver');
    expect(message?.body).toMatch(/^You need to act: the signals are clear but the service is not well/);
    expect(message?.body).not.toContain('Recovered');
  });

  test('says that the service recovered after a hand-over', () => {
    const story = fired();
    story.responds();
    story.at(14).clears();
    story.at(15).watches();
    expect(told(story, 'Escalated')[0]?.body).toContain('Recovered; watching for 5 min before it is resolved.');
  });
});

test('a page links to the error lines, and to the links of its playbook', () => {
  const base = policy([], { logGroup: '/ecs/shop' });
  const sslLabs = {
    label: 'SSL Labs, shop.example.com',
    url: 'https://www.ssllabs.com/ssltest/analyze.html?d=shop.example.com',
  };
  const story = Story.under(withPlaybook(base, { links: [sslLabs] }));
  story.fires();
  const [message] = told(story, 'Escalated');
  expect(message?.body).toContain(`${sslLabs.label}: ${sslLabs.url}`);
  expect(message?.body).toMatch(
    /Error lines, Logs Insights: https:\S+2026-04-07T09\*3a15\*3a00\S+source\S+\*2fecs\*2fshop\S+/,
  );
});

test('the subject and the SMS are acceptable to SNS, whatever a service is called and an alarm says', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 250, size: 'max' });
  const entries = (story: Story): IncidentEvent[] => [...story.incident.timeline];
  fc.assert(
    fc.property(words, words, words, (title, trouble, summary) => {
      const base = policy([step('first', { mode: 'approve', title: trouble })]);
      const story = Story.under({ ...withPlaybook(base, { title: trouble }), title });
      story.fires('critical', { summary });
      story.responds();
      const messages = entries(story).flatMap(entry => (isPagedEvent(entry) ? written(story.incident, entry) : []));
      expect(messages.length).toBeGreaterThan(1);
      for (const { subject, sms, body } of messages) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        expect(sms).toMatch(/\nnpx incident ack INC-2026-04-07-001$/);
        expect(body).toContain('INC-2026-04-07-001');
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  [0, '0 minutes'],
  [1, '1 minute'],
  [59.6, '1 hour'],
  [80, '1 hour 20 minutes'],
  [1440, '24 hours'],
])('duration puts %d minutes into words as %s', (minutes, words) => {
  expect(duration(minutes)).toBe(words);
});

describe('a page of a drill', () => {
  test('is marked in its subject, SMS and body', () => {
    const story = new Story(step('first'));
    story.fires('critical', { drill: true });
    const [page] = of(story.incident.timeline, 'Escalated').flatMap(entry => written(story.incident, entry));
    expect(page?.subject).toMatch(/^\[DRILL\] \[INCIDENT\] P2/);
    expect(page?.sms).toMatch(/^\[DRILL\] P2/);
    expect(page?.body).toMatch(/^\[DRILL\] This is a drill/);
  });
});
