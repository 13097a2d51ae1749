import { expect, it } from 'vitest';
import type { Chronicle, Reading } from '../../local/simulation/chronicle.ts';
import type { Plan } from '../../local/simulation/plan.ts';
import { judge } from '../../local/simulation/properties/index.ts';
import type { Entry } from '../../local/world/world.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();

const UNCHANGED = { tasks: false, scaling: false, breaker: false, page: false };
const reading = (minute: number, given: Partial<Reading> = {}): Reading => ({
  ...{ minute, errorShare: 0.3, healthy: false, changed: UNCHANGED, lasting: [] },
  ...given,
});

const PLAN: Plan = {
  ...{ seed: 1, start: at(-15), minutes: 120, faults: {} },
  events: [{ at: 1, do: 'trouble', trouble: 'forgotten sessions' }],
};

type Told = [minute: number, type: string, detail?: Record<string, unknown>];

const incident = (told: Told[], status = 'investigating', id = 'INC-2026-03-02-001') => ({
  ...{ id, status, severity: 'P2', openedAt: at(5) },
  timeline: told.map(([minute, type, detail], seq): Entry => ({ seq, type, at: at(minute), slot: 'shop', ...detail })),
});

const chronicle = (given: Partial<Chronicle>): Chronicle => ({
  ...{ plan: PLAN, began: at(0), ended: at(120), incidents: [], messages: [], received: [], published: [] },
  ...{
    changed: [],
    runs: [],
    alarms: [],
    readings: [],
    letters: [],
    crashes: [],
    rewritten: [],
    asked: [],
    largestItemBytes: 9000,
    sizes: { largest: [], refused: [] },
    calls: 1,
    callsOf: {},
    strikes: [],
  },
  ...{ hash: '' },
  ...given,
});

const run = (name: string, from: number, to: number, dry = 'false') => ({
  ...{ id: name, name: `shop-${name}`, startedAt: at(from), endedAt: at(to), startedBy: 'role', steps: [] },
  parameters: { DryRun: [dry] },
});
const sms = (minute: number, body: string) => ({
  ...{ channel: 'sms' as const, topic: 'Level1', to: '+15555550100', subject: '', body, at: at(minute) },
});
/** A page to the first level, by e-mail or SMS. */
const page = (minute: number, kind: string, channel: 'sms' | 'email' = 'sms') => ({
  ...{ channel, topic: 'Level1', to: 'ada', at: at(minute) },
  ...{ subject: `[${kind}] P2 - shop Service Down`, body: 'P2 shop https://door/1a.20260302001.tq3k5s.ada.mac' },
});
const change = (minute: number) => ({
  ...{ at: at(minute), service: 'ecs', action: 'UpdateService', resource: '*', summary: '', by: 'scale-service' },
});
const planned = (...events: Plan['events']): Plan => ({ ...PLAN, events });

const OPENED: Told[] = [
  [5, 'IncidentOpened'],
  [5, 'SeverityAssigned', { severity: 'P2' }],
];
const CALLED: Told[] = [...OPENED, [5, 'Escalated', { level: 1 }], [6, 'PageSent', { about: 2, level: 1 }]];
const started = (more: Record<string, unknown> = {}): Told => [
  8,
  'StepStarted',
  { step: 'scale-down', run: '1', dryRun: false, document: 'scale-service', guardrails: [], ...more },
];
const guardrail = { guardrail: 'cause', passed: false, reason: 'nothing was measured' };

it.each<[string, Partial<Chronicle>]>([
  ['at most one incident of a slot', { incidents: [incident(CALLED), incident(CALLED, 'resolved', 'INC-2')] }],
  [
    'events are numbered without a gap',
    {
      incidents: [
        incident([
          [5, 'IncidentOpened'],
          [4, 'NoteAdded'],
        ]),
      ],
    },
  ],
  [
    'after its end nothing is done',
    { incidents: [incident([...CALLED, [20, 'Resolved'], [21, 'Reminded']], 'resolved')] },
  ],
  [
    'no SMS names an incident that is over',
    { incidents: [incident([...CALLED, [20, 'Resolved']], 'resolved')], messages: [sms(30, 'P2 INC-2026-03-02-001')] },
  ],
  ['an alarm that stays red', { alarms: [{ at: at(10), name: 'errors', state: 'ALARM' }] }],
  ['no two runbooks act', { runs: [run('scale-service', 10, 20), run('roll-back', 15, 16)] }],
  [
    'no two incidents have a step',
    {
      incidents: [
        incident([...CALLED, started(), [20, 'StepFailed', { run: '1' }]]),
        incident([...CALLED, started(), [9, 'StepFailed', { run: '1' }]], 'resolved', 'INC-2'),
      ],
    },
  ],
  [
    'nothing is changed while automation is switched off',
    { plan: planned({ at: 5, do: 'switch', value: 'off' }), changed: [change(8)] },
  ],
  [
    'no step begins in a maintenance window',
    {
      asked: [{ type: 'asked', at: at(6), do: 'start maintenance', minutes: 20, refused: null }],
      incidents: [incident([...CALLED, started()])],
    },
  ],
  [
    'no step begins that a guardrail forbids',
    { incidents: [incident([...CALLED, started({ guardrails: [guardrail] })])] },
  ],
  [
    'a step succeeds only with checks',
    { incidents: [incident([...CALLED, [9, 'StepSucceeded', { run: '1', checks: [] }]])] },
  ],
  ['every attempt ends', { incidents: [incident([...CALLED, [6, 'ResponseRequested', { attempt: 1 }]])] }],
  [
    'the remedy that would heal',
    { readings: Array.from({ length: 40 }, (_, i) => reading(i + 2, { lasting: ['forgotten sessions'] })) },
  ],
  ['an incident that nobody acknowledges climbs', { incidents: [incident(CALLED)] }],
  ['the first level is called', { incidents: [incident(OPENED)] }],
  [
    'nobody is woken twice within a minute',
    { incidents: [incident(CALLED)], messages: [page(6, 'INCIDENT'), page(6.02, 'INCIDENT')] },
  ],
  [
    'nobody is woken twice within a minute',
    { incidents: [incident(CALLED)], messages: [page(6, 'INCIDENT'), page(6.5, 'INCIDENT - NEEDS YOU')] },
  ],
  [
    'nobody hears of an older event',
    {
      incidents: [incident([...CALLED, [6, 'HandedOver', { reason: 'why' }]])],
      messages: [page(7, 'INCIDENT - NEEDS YOU', 'email'), page(7.01, 'INCIDENT', 'email')],
    },
  ],
  [
    'nobody hears of an older event',
    {
      incidents: [
        incident([
          [5, 'IncidentOpened'],
          [5, 'SeverityAssigned', { severity: 'P3' }],
          [6, 'Escalated', { level: 1 }],
        ]),
      ],
      messages: [page(7, 'INCIDENT', 'email')],
    },
  ],
  ['every call reaches somebody', { incidents: [incident(CALLED.slice(0, 3))] }],
  [
    'an attempt that fails reaches a person',
    { incidents: [incident([...CALLED, [9, 'ResponseEnded', { attempt: 1, outcome: 'handed over' }]])] },
  ],
  ['no dead letter without an alarm', { letters: [{ at: at(10), queue: 'chat' }] }],
  [
    'an incident is not handed over again',
    { incidents: [incident([...CALLED, [9, 'HandedOver', { reason: 'why' }], [10, 'HandedOver', { reason: 'why' }]])] },
  ],
  ['no control character and no secret', { received: [sms(9, 'a \u0007 bell')] }],
  ['no control character and no secret', { received: [sms(9, 'https://s3/?X-Amz-Signature=1')] }],
  [
    'each message of a drill says',
    { incidents: [incident([[5, 'IncidentOpened', { drill: true }]])], messages: [sms(6, 'P2 INC-2026-03-02-001')] },
  ],
  ['a drill changes nothing', { incidents: [incident([[5, 'IncidentOpened', { drill: true }], started()])] }],
  [
    'what a hand-over says is still changed',
    {
      incidents: [
        incident([
          ...CALLED,
          [9, 'HandedOver', { reason: 'Stays until the signals are clear: "Open the circuit breaker"' }],
        ]),
      ],
      readings: [reading(8), reading(9)],
    },
  ],
  [
    'no change is left in place',
    {
      incidents: [incident([...CALLED, [20, 'Resolved']], 'resolved')],
      readings: [reading(60, { changed: { ...UNCHANGED, breaker: true } })],
    },
  ],
  ['no item of the table', { largestItemBytes: 150_000 }],
  [
    'nothing comes nearer than 80 %',
    { sizes: { refused: [], largest: [{ kind: 'mail', size: 90, unit: 'bytes', most: 100, share: 0.9 }] } },
  ],
  ['nothing is refused because it is too large', { sizes: { largest: [], refused: [{ kind: 'mail', size: 101 }] } }],
  ['in a service that is well nothing is changed', { plan: planned(), changed: [change(8)] }],
  [
    'once the service is well',
    { incidents: [incident([...CALLED, [9, 'Acknowledged']])], readings: [reading(20, { healthy: true })] },
  ],
])('"%s" can be broken', (name, given) => {
  const broken = judge(chronicle(given)).map(({ property }) => property);
  expect(
    broken.some(property => property.startsWith(name)),
    broken.join('; '),
  ).toBe(true);
});

it('a world in which nothing happened goes against none', () => {
  expect(judge(chronicle({ plan: planned() }))).toEqual([]);
});
