import { createHash } from 'node:crypto';
import { CALL_FAULT_KINDS, Random } from 'embedded-aws';
import { type Deed, type Plan, type PlannedEvent, PRETENCES } from './plan.ts';
import { TROUBLE_NAMES } from './troubles.ts';

/** A source of chance for one cause: a cause that is added leaves the draws of all others as they were. */
export class Draws {
  private readonly random: Random;

  constructor(seed: number, cause: string) {
    this.random = new Random(createHash('sha256').update(`${seed}/${cause}`).digest().readUInt32BE());
  }

  happens = (chance: number) => this.random.next() < chance;
  between = (low: number, high: number) => this.random.between(low, high);
  oneOf<T>(things: readonly T[]): T {
    return things[this.between(0, things.length - 1)] as T;
  }
}

type Cause = (draws: Draws, plan: Plan) => PlannedEvent[];

/** The last minute in which something is begun. */
const LAST = 60;
const PEOPLE = ['ada@mockupaws.com', 'ben@mockupaws.com', 'cleo@mockupaws.com'];

/** Text as nobody should send it: control characters, markup, templates, a title that is too long. */
const HOSTILE = [
  '\u001b[31mred\u001b[0m \u0007bell\u202e reversed',
  '<script>alert(1)</script> {{ incident.id }} {% raw %}',
  'a line\r\nSubject: forged\r\n\r\nand a body',
  `${'long '.repeat(180)}end`,
  "'; DROP TABLE incidents; -- \u0000 \u2028 \ud83d\udd25",
];

const STARTS = [
  '2026-03-02T08:45:00.000Z',
  '2026-01-31T23:20:00.000Z',
  '2026-12-31T23:10:00.000Z',
  '2026-02-28T23:30:00.000Z',
  // Clocks in New York, by which people are on call, change at 07:00 and at 06:00 UTC.
  '2026-03-08T06:20:00.000Z',
  '2026-11-01T05:20:00.000Z',
  '2026-03-02T13:25:00.000Z',
  '2026-06-15T14:00:00.000Z',
];

/** Calls on which the most depends, by caller, service and operation. */
const STRUCK = [
  ...['intake', 'watch', 'plan', 'verify', 'diagnose', 'page', 'command'].flatMap(caller => [
    `${caller} dynamodb GetItem`,
    `${caller} dynamodb PutItem`,
    `${caller} dynamodb Query`,
  ]),
  ...['intake states StartExecution', 'watch states StartExecution', 'watch cloudwatch DescribeAlarms'],
  ...[
    'plan cloudwatch DescribeAlarms',
    'plan ssm GetParameters',
    'watch ssm GetParameters',
    'watch dynamodb UpdateItem',
  ],
  ...['verify cloudwatch GetMetricData', 'verify ssm GetAutomationExecution', 'probe cloudwatch PutMetricData'],
  ...['response ssm StartAutomationExecution', 'response ssm GetAutomationExecution', 'page sns Publish'],
  ...['scale-service ecs UpdateService', 'scale-service application-autoscaling RegisterScalableTarget'],
  ...['scale-service ssm PutParameter', 'kill-idle-connections rds-data ExecuteStatement', 'publish events PutEvents'],
  ...['status-page s3 PutObject', 'chat dynamodb Query', 'stakeholders sns Publish'],
];

const CAUSES: Record<string, Cause> = {
  troubles(draws) {
    if (draws.happens(0.08)) return [];
    const many = draws.oneOf([1, 1, 2, 2, 2, 2, 3, 3, 4]);
    const names = new Set<(typeof TROUBLE_NAMES)[number]>();
    while (names.size < many) names.add(draws.oneOf(TROUBLE_NAMES));
    return [...names].flatMap(trouble => {
      const at = draws.between(2, draws.happens(0.5) ? 8 : 45);
      const mended = { at: at + draws.between(35, 90), do: 'mend', trouble } as const;
      return [{ at, do: 'trouble', trouble }, mended];
    });
  },
  'alarms set': draws => some(draws, 0.25, () => ({ do: 'set alarm', alarm: draws.between(0, 99), state: 'ALARM' })),
  storms: draws =>
    some(draws, 0.15, () => ({ do: 'storm', alarms: draws.between(30, 300), text: draws.oneOf(HOSTILE) })),
  drills: draws => some(draws, 0.08, () => ({ do: 'drill', alarm: draws.between(0, 99) })),
  metrics: draws =>
    some(draws, 0.15, () => ({ do: 'lose metric', metric: draws.between(0, 99) })).flatMap(lost => [
      lost,
      { ...lost, at: lost.at + draws.between(8, 40), do: 'regain metric' } as PlannedEvent,
    ]),
  answers: draws =>
    draws.happens(0.7)
      ? [
          answering(draws, 'Acknowledge', draws.oneOf([1, 3, 9, 22, 50])),
          ...(draws.happens(0.3) ? [answering(draws, 'Acknowledge', draws.between(1, 40))] : []),
        ]
      : [],
  approvals: draws =>
    draws.happens(0.5)
      ? [
          answering(draws, draws.oneOf(['Approve', 'Approve', 'Decline']), draws.oneOf([1, 3, 12, 35])),
          ...(draws.happens(0.4) ? [answering(draws, draws.oneOf(['Approve', 'Decline']), draws.between(1, 20))] : []),
        ]
      : [],
  people: draws =>
    Array.from({ length: draws.oneOf([0, 0, 1, 2, 4]) }, () => ({
      at: draws.between(5, 80),
      do: 'act',
      by: draws.oneOf(PEOPLE),
      incident: draws.between(0, 1),
      act: actOf(draws),
    })),
  contradictions: draws =>
    draws.happens(0.35) ? Array.from({ length: draws.oneOf([1, 1, 2]) }, () => contradiction(draws)).flat() : [],
  declarations: draws =>
    some(draws, 0.08, () => ({
      ...{ do: 'declare', by: draws.oneOf(PEOPLE), title: 'Orders are lost', text: draws.oneOf(HOSTILE) },
      fact: draws.oneOf(['dataLoss', 'securityBreach']),
    })),
  switches: draws =>
    some(draws, 0.2, () => ({ do: 'switch', value: draws.oneOf(['off', 'off', 'of', 'OFF ']) })).flatMap(off => [
      off,
      ...(draws.happens(0.8)
        ? [{ at: off.at + draws.oneOf([3, 4, 15, 30]), do: 'switch', value: 'on' } as PlannedEvent]
        : []),
    ]),
  windows: draws =>
    some(draws, 0.15, () => ({
      do: 'start maintenance',
      minutes: draws.oneOf([5, 20, 45]),
      reason: draws.oneOf(['database upgrade', ...HOSTILE.slice(0, 2)]),
    })).flatMap(window => [
      window,
      ...(draws.happens(0.3) ? [{ at: window.at + draws.between(2, 30), do: 'end maintenance' } as PlannedEvent] : []),
    ]),
  mutes: draws => some(draws, 0.08, () => ({ do: 'mute', minutes: draws.oneOf([5, 20, 40]) })),
  channels: draws =>
    some(draws, 0.15, () => ({
      do: 'channel',
      host: draws.oneOf(['slack.com', 'events.pagerduty.com']),
      down: true,
    })).flatMap(down => [down, { ...down, at: down.at + draws.between(5, 60), down: false } as PlannedEvent]),
  services: draws =>
    some(draws, 0.2, () => ({
      do: 'away',
      service: draws.oneOf(['dynamodb', 'ssm', 'ecs', 'rds', 'cloudwatch', 'sns', 'states', 'kms', 's3']),
      minutes: draws.oneOf([1, 3, 8, 20]),
    })),
  strikes(draws) {
    if (!draws.happens(0.5)) return [];
    return Array.from({ length: draws.between(1, 3) }, () => {
      const [caller = '', service = '', operation = ''] = draws.oneOf(STRUCK).split(' ');
      const kind = draws.oneOf(CALL_FAULT_KINDS);
      return {
        at: 0,
        do: 'strike',
        caller,
        service,
        operation,
        kind,
        first: draws.oneOf([1, 1, 2, 3, draws.between(1, 40)]),
        count: draws.oneOf([1, 1, 3, 9]),
      };
    });
  },
  policies: draws =>
    some(draws, 0.15, () => ({ do: 'deploy policy', title: draws.oneOf(['Renamed', 'mockupAWS & friends']) })),
  versions: draws => some(draws, 0.1, () => ({ do: 'deploy version' })),
  pretences: draws => some(draws, 0.12, () => ({ do: 'pretend', remedy: draws.oneOf(PRETENCES) })),
  'AWS issues': draws =>
    some(draws, 0.08, () => ({
      do: 'AWS issue',
      service: draws.oneOf(['RDS', 'ECS']),
      minutes: draws.between(10, 40),
    })),
};

/** Once, at some minute, if chance will have it. */
function some(draws: Draws, chance: number, deed: () => Deed): PlannedEvent[] {
  return draws.happens(chance) ? [{ at: draws.between(1, LAST), ...deed() }] : [];
}

function answering(draws: Draws, link: string, after: number): PlannedEvent {
  const text = draws.happens(0.2) ? draws.oneOf(HOSTILE) : '';
  return { at: 0, do: 'answer', to: draws.oneOf(PEOPLE), link, after, text, once: draws.happens(0.6) };
}

/** Two people act at one moment, neither knowing of the other. */
const CONTRADICTIONS: [Record<string, unknown>, Record<string, unknown>][] = [
  [{ type: 'acknowledge' }, { type: 'withdraw acknowledgement', reason: 'asleep' }],
  [{ type: 'acknowledge' }, { type: 'acknowledge' }],
  [{ type: 'take command' }, { type: 'take command' }],
  [
    { type: 'set severity', severity: 'P1' },
    { type: 'set severity', severity: 'P4' },
  ],
  [{ type: 'publish' }, { type: 'withhold' }],
  [{ type: 'resolve', reason: 'it looks well', whileRed: true }, { type: 'acknowledge' }],
  [
    { type: 'resolve', reason: 'it looks well', whileRed: true },
    { type: 'set severity', severity: 'P1' },
  ],
];

function contradiction(draws: Draws): PlannedEvent[] {
  if (draws.happens(0.3)) {
    const answer = { at: 0, do: 'answer', after: draws.oneOf([1, 3, 12]), text: '', once: draws.happens(0.5) } as const;
    return [
      { ...answer, to: 'ada@mockupaws.com', link: 'Approve' },
      { ...answer, to: 'ben@mockupaws.com', link: 'Decline' },
    ];
  }
  const at = draws.between(3, 70);
  const [one, other] = PEOPLE;
  return draws
    .oneOf(CONTRADICTIONS)
    .map((act, nth) => ({ at, do: 'act', by: (nth === 0 ? one : other) ?? '', incident: 0, act }));
}

function actOf(draws: Draws): Record<string, unknown> {
  const text = draws.oneOf(['looking into it', ...HOSTILE]);
  return draws.oneOf([
    { type: 'acknowledge' },
    { type: 'withdraw acknowledgement', reason: 'asleep' },
    { type: 'take command' },
    { type: 'note', text },
    { type: 'post update', text: 'we are on it', internal: true },
    { type: 'set severity', severity: draws.oneOf(['P1', 'P2', 'P3']) },
    { type: 'publish' },
    { type: 'withhold' },
    { type: 'resolve', reason: 'it looks well', whileRed: draws.happens(0.3) },
  ]);
}

function faultsOf(draws: Draws): Plan['faults'] {
  const maybe = (name: keyof Plan['faults'], chance: number, value: number | boolean) =>
    draws.happens(chance) ? { [name]: value } : {};
  return {
    ...maybe('duplicated', 0.35, draws.between(1, 5) / 10),
    ...maybe('late', 0.35, draws.between(5, 90)),
    ...maybe('lost', 0.25, draws.between(1, 10) / 100),
    ...maybe('unheard', 0.25, draws.between(1, 10) / 100),
    ...maybe('lateMetrics', 0.25, draws.between(20, 150)),
    ...maybe('staleReads', 0.25, draws.between(5, 45)),
    ...maybe('unordered', 0.25, true),
  };
}

/** Far more than AWS's own clocks are off: what bears it bears a vendor's clock and a laptop's too. */
const clocksOf = (draws: Draws): Plan['faults'] => (draws.happens(0.25) ? { skewed: draws.between(2, 20) } : {});

/** The world of a seed. */
export function planOf(seed: number): Plan {
  const plan: Plan = {
    seed,
    start: new Draws(seed, 'start').oneOf(STARTS),
    minutes: 200,
    faults: { ...faultsOf(new Draws(seed, 'deliveries')), ...clocksOf(new Draws(seed, 'clocks')) },
    events: [],
  };
  const events = Object.entries(CAUSES).flatMap(([cause, draw]) => draw(new Draws(seed, cause), plan));
  return { ...plan, events: events.sort((one, other) => one.at - other.at) };
}
