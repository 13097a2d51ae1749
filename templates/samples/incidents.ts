import type { Event } from '../../lambda/domain/incident/events.ts';
import { historyOf, type IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { RUNBOOK_POLICY } from '../../lambda/domain/incident/runbook-policy.ts';

const minute = (minutes: number) => new Date(Date.UTC(2026, 0, 31, 9, 30 + minutes)).toISOString();

const POLICY = {
  ...RUNBOOK_POLICY,
  service: 'shop',
  title: 'Shop',
  region: 'us-east-1',
  hotline: '+1-555-SHOP',
  links: [{ label: 'Status page', url: 'https://status.example.com' }],
  statusPage: { url: 'https://status.example.com', components: [{ id: 'api', name: 'API', description: 'Requests' }] },
  playbooks: [
    {
      name: 'ServiceHealth',
      title: 'Service Down',
      impact: 'Nobody can order',
      customers: { title: 'Orders fail', impact: 'Orders cannot be placed.' },
      alarms: { 'shop-down': 'critical' as const },
      plan: [],
    },
  ],
};

const STORY: [number, Event][] = [
  [
    1,
    {
      ...{ type: 'IncidentOpened', id: 'INC-2026-01-31-001', number: 1, slot: 'shop', service: 'shop' },
      ...{ playbook: 'ServiceHealth', title: 'Service Down', policy: POLICY, startedAt: minute(0) },
    },
  ],
  [1, { type: 'SignalFired', key: 'alarm:shop-down', level: 'critical', summary: 'Down: 100 %', signalAt: minute(1) }],
  [
    1,
    {
      ...{ type: 'SeverityAssigned', severity: 'P1', by: 'automation' },
      reasons: [{ severity: 'P1', criterion: 'complete service unavailability', text: 'complete: 100 % failing' }],
    },
  ],
  [1, { type: 'Escalated', level: 1, role: 'On-call engineer', reason: 'opened as P1' }],
  [1, { type: 'ResponseRequested', attempt: 1 }],
  [
    2,
    {
      ...{ type: 'DiagnosisRecorded', attempt: 1 },
      findings: [
        { check: 'health', ok: false, summary: 'health: 0 of 2 answer', facts: { usersAffectedShare: 0.6 } },
        { check: 'ecs', ok: true, summary: 'ECS: 10 of 10 tasks', facts: {} },
        { check: 'database', ok: null, summary: 'database: could not be checked', facts: {} },
      ],
    },
  ],
  [2, { type: 'Published', by: 'automation' }],
  [2, { type: 'UpdatePosted', to: 'stakeholders', status: 'identified', by: 'automation', nextAt: minute(32) }],
  [2, { type: 'UpdatePosted', to: 'public', status: 'identified', by: 'automation', nextAt: minute(32) }],
  [3, { type: 'Acknowledged', by: 'ada', via: 'link', until: minute(33) }],
  [3, { type: 'ReferenceAdded', system: 'slack', ref: 'C1/1.2', url: 'https://slack.example.com/C1/1' }],
  [4, { type: 'NoteAdded', by: 'ada', via: 'slack', text: 'looking' }],
  [
    5,
    {
      ...{ type: 'StepStarted', attempt: 1, step: 'roll-back', title: 'Roll back', run: 'r1', runbook: 'roll-back' },
      ...{ document: 'shop-roll-back', parameters: {}, dryRun: false, guardrails: [] },
    },
  ],
  [
    8,
    {
      ...{ type: 'StepFailed', run: 'r1', reason: 'it timed out' },
      checks: [{ check: 'health', passed: false, seen: '503' }],
    },
  ],
  [
    8,
    {
      ...{ type: 'StepStarted', attempt: 1, step: 'scale-up', title: 'Scale up', run: 'r2', runbook: 'scale-up' },
      ...{ document: 'shop-scale-up', parameters: {}, dryRun: false, guardrails: [] },
    },
  ],
  [9, { type: 'UpdatePosted', to: 'public', status: 'investigating', by: 'ada', text: 'We look.', nextAt: minute(39) }],
  [
    9,
    {
      type: 'ActionItemRaised',
      item: 'A1',
      action: 'Add tasks',
      text: 'There are too few',
      owner: 'ada',
      priority: 'high',
    },
  ],
];

const END: [number, Event][] = [
  [12, { type: 'StepSucceeded', run: 'r2', checks: [{ check: 'health', passed: true, seen: '200' }] }],
  [12, { type: 'ResponseEnded', attempt: 1, outcome: 'recovered' }],
  [12, { type: 'Mitigated', reason: 'every signal cleared' }],
  [13, { type: 'UpdatePosted', to: 'public', status: 'monitoring', by: 'automation', nextAt: minute(43) }],
  [17, { type: 'Resolved', by: 'automation', reason: 'all is well' }],
  [17, { type: 'UpdatePosted', to: 'stakeholders', status: 'resolved', by: 'automation' }],
  [17, { type: 'UpdatePosted', to: 'public', status: 'resolved', by: 'automation' }],
];

const REVIEWED: [number, Event][] = [
  [
    18,
    {
      ...{ type: 'OutageMeasured', from: minute(-1), to: minute(11) },
      worst: { at: minute(4), share: 0.62, of: 'requests' },
      slowest: { at: minute(5), seconds: 3.2 },
    },
  ],
  [18, { type: 'CauseIdentified', by: 'ada', text: 'too few tasks', happenedAt: minute(4) }],
  [18, { type: 'FixDeployed', by: 'ada', text: 'more tasks', happenedAt: minute(10) }],
  [18, { type: 'PostMortemDrafted', url: 'https://example.com/INC-2026-01-31-001/post-mortem.md' }],
  [890, { type: 'PostMortemOverdue', hours: 24, dueAt: minute(889), expectedAt: minute(2330) }],
  [
    900,
    {
      ...{ type: 'PostMortemDone', by: 'ada', summary: 'Orders failed.', rootCause: 'Too few tasks.' },
      ...{ lessons: 'Scale earlier.', dataImpact: 'none', customers: 'We had too little capacity.' },
    },
  ],
];

/** Declared by a person, and ended by one: nothing was measured, no step was taken, customers were told nothing. */
const BY_HAND: [number, Event][] = [
  [
    5,
    {
      ...{ type: 'IncidentOpened', id: 'INC-2026-01-31-002', number: 1, slot: 'shop', service: 'shop' },
      ...{ playbook: 'ServiceHealth', title: 'Wrong orders', policy: POLICY, startedAt: minute(5), reporter: 'ben' },
    },
  ],
  [
    5,
    {
      ...{ type: 'SignalFired', key: 'declared:1', level: 'critical', signalAt: minute(5) },
      summary: 'charged twice (declared by ben)',
    },
  ],
  [6, { type: 'Declared', by: 'ben', via: 'command line', fact: 'dataLoss', text: 'orders of today' }],
  [6, { type: 'Declared', by: 'ben', via: 'command line', fact: 'securityBreach', text: 'a token was published' }],
  [
    6,
    {
      ...{ type: 'SeverityAssigned', severity: 'P1', by: 'automation' },
      reasons: [{ severity: 'P1', criterion: 'data loss or corruption', text: 'data loss or corruption: declared' }],
    },
  ],
  [7, { type: 'StepSkipped', attempt: 1, step: 'restart', title: 'Restart', reasons: ['cause: none was found'] }],
  [
    8,
    {
      ...{ type: 'StepStarted', attempt: 1, step: 'scale-up', title: 'Scale up', run: 'r3', runbook: 'scale-up' },
      ...{ document: 'shop-scale-up', parameters: {}, dryRun: false, guardrails: [] },
    },
  ],
  [
    9,
    {
      ...{ type: 'StepFailed', run: 'r3', reason: 'it timed out', checks: [], impact: 'harmful' },
      execution: '11111111-2222-3333-4444-555555555555',
    },
  ],
  [9, { type: 'HandedOver', reason: 'no step is left' }],
  [10, { type: 'ActionItemRaised', item: 'A1', action: 'Pay back', text: 'To whoever was charged twice' }],
  [400, { type: 'Resolved', by: 'ben', via: 'link', reason: 'the job was stopped' }],
];

/** A breach that a person declared, released by another: nothing of the service was measured to suffer. */
const BREACH: [number, Event][] = [
  ...BY_HAND.slice(0, 2),
  [5, { type: 'Declared', by: 'ben', via: 'command line', fact: 'securityBreach', text: 'a token was published' }],
  [5, { type: 'WorkaroundReported', by: 'ben', via: 'command line', available: false }],
  [
    5,
    {
      ...{ type: 'SeverityAssigned', severity: 'P1', by: 'automation' },
      reasons: [{ severity: 'P1', criterion: 'security breach', text: 'security breach: declared' }],
    },
  ],
  [5, { type: 'Escalated', level: 1, role: 'On-call engineer', reason: 'declared as P1' }],
  [6, { type: 'PublicationRequested', severity: 'P1', level: 1 }],
  [9, { type: 'Published', by: 'ada', via: 'link', investigation: 'security' }],
  [9, { type: 'UpdatePosted', to: 'public', status: 'investigating', by: 'automation', nextAt: minute(39) }],
  [400, { type: 'Resolved', by: 'ada', via: 'link', reason: 'the token was revoked' }],
  [400, { type: 'UpdatePosted', to: 'public', status: 'resolved', by: 'ada' }],
];

const incidentOf = (...parts: [number, Event][][]): IncidentHistory =>
  historyOf(
    parts
      .flat()
      .map(([minutes, happening], seq) => ({ ...happening, seq, at: minute(minutes), command: `sample/${seq}` })),
  );

/** Incidents at some of their stages, for seeing at synthesis that a template can be filled. */
export const SAMPLES = {
  /** Nothing is known yet but what fired. */
  opened: incidentOf(STORY.slice(0, 2)),
  drill: { ...incidentOf(STORY), drill: true },
  underWay: incidentOf(STORY),
  resolved: incidentOf(STORY, END),
  reviewed: incidentOf(STORY, END, REVIEWED),
  byHand: incidentOf(BY_HAND),
  investigation: incidentOf(BREACH),
};

/** The last entry of a type, of which there must be one. */
export function lastOf<T extends Event['type']>({ timeline }: IncidentHistory, type: T) {
  const entry = timeline.findLast(other => other.type === type);
  if (!entry) throw new Error(`the sample has no ${type}`);
  return entry as Extract<IncidentHistory['timeline'][number], { type: T }>;
}
