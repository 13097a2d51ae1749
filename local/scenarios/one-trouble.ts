import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { acting, begin, ofPlaybook } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const ON_CALL = 'ada@mockupaws.com';

const database = ofPlaybook('DatabaseConnections');

// biome-ignore lint/suspicious/noExplicitAny: each entry has its own details
const entries = (world: RehearsalWorld, type: string): any[] =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));

/** The SMS that woke somebody, after a time. */
const smsAfter = (world: RehearsalWorld, at: string) =>
  world.topics.messages.filter(({ channel, at: sent }) => channel === 'sms' && sent > at);

/** The playbooks whose plans had their first turn, in order. */
const turns = (world: RehearsalWorld) =>
  entries(world, 'ResponseRequested').flatMap(({ playbook, turn, from, again }) =>
    turn && !from && !again ? [playbook] : [],
  );

/** The symptom's plan had ended before the cause was told, as it may where the metrics of the cause are late. */
const isToldFirst = (world: RehearsalWorld) =>
  entries(world, 'HandedOver')[0]?.at < (entries(world, 'CauseFound')[0]?.at ?? '');

const ONE_PUBLIC: Expectation = {
  expectation: 'customers read of one incident',
  holds: world => entries(world, 'Published').length === 1,
};

const NOT_WOKEN_AGAIN: Expectation = {
  expectation: 'once somebody has acknowledged, nobody is woken unless it becomes more severe',
  holds: world => {
    const [first] = entries(world, 'Acknowledged');
    if (!first) return false;
    const rises = entries(world, 'Escalated').filter(
      ({ at, reason }) => at > first.at && /severity raised|has expired/.test(reason),
    );
    const asked = entries(world, 'ApprovalRequested').filter(({ at }) => at > first.at);
    const handed = entries(world, 'HandedOver').filter(({ at }) => at > first.at);
    const allowed = rises.length + asked.length + Math.min(1, handed.length);
    return smsAfter(world, first.at).length <= allowed;
  },
};

/** The report export opens sessions, so many a minute, until none is left for anybody else. */
const fillDatabase = ({ service: { database } }: RehearsalWorld, state: 'active' | 'idle', perMinute = 620) =>
  database.startLeak({ application: 'report-export', state, perMinute, atMost: database.maxConnections });

/** The cause comes first, and its symptom while people work on it. */
export const oneTrouble: Scenario = {
  name: 'one-trouble',
  title: 'A cause and its symptom: one incident, one page, one acknowledgement',
  story:
    'A report export holds all connections of the database and works on them, so that ending idle sessions frees none; fewer ' +
    'tasks relieve it. A person acknowledges, and is asked to approve more. Then requests fail for another reason, and the ' +
    'symptom is told: it joins, and wakes nobody but for a rise. Its steps have their turn while the question stands.',
  inject: world => {
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 2, once: true });
    begin(world, 'report-export takes all connections, and works on them', () => {
      fillDatabase(world, 'active');
    });
    world.clock.after(18 * MINUTE, () => {
      world.account.emit('service', { change: 'half of the requests fail for another reason', fault: true });
      world.service.hiddenFault = 0.45;
    });
  },
  minutes: 80,
  done: database.handedOver,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    NOT_WOKEN_AGAIN,
    ONE_PUBLIC,
    {
      expectation: 'both the cause and the symptom are its signals',
      holds: world => new Set(entries(world, 'SignalFired').map(({ playbook }) => playbook)).size >= 2,
    },
    {
      expectation: 'its title is that of the cause, whichever of the two is told first',
      holds: world =>
        (entries(world, 'CauseFound')[0] ?? entries(world, 'IncidentOpened')[0])?.title ===
        'Database Connections Exhausted',
    },
    {
      expectation: 'the symptom’s steps have their turn once those of the cause can only wait',
      holds: world => isToldFirst(world) || turns(world).at(-1) === 'ServiceHealth',
    },
    {
      expectation: 'it is handed over once, and once more where the symptom was told long before its cause',
      holds: world => entries(world, 'HandedOver').length === (isToldFirst(world) ? 2 : 1),
    },
    NO_DEAD_LETTERS,
  ],
};

/** The symptom comes first, and the cause that explains it later. */
export const symptomFirst: Scenario = {
  name: 'symptom-first',
  title: 'The symptom is told first: the cause gives the incident its name and its plan',
  story:
    'Requests fail, and an incident is opened because people suffer. Minutes later the connections of the database reach ' +
    'their limit: forgotten sessions of a report export. The incident takes the title and the plan of that cause, nobody is ' +
    'woken again, and ending the sessions ends it.',
  inject: world => {
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 2, once: true });
    begin(world, 'requests begin to wait for connections, and some fail', () => {
      world.service.hiddenFault = 0.3;
    });
    world.clock.after(12 * MINUTE, () => {
      world.account.emit('service', { change: 'report-export has opened sessions that nobody closes', fault: true });
      fillDatabase(world, 'idle');
      endsWithTheSessions(world);
    });
  },
  minutes: 120,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    RESOLVED,
    NOT_WOKEN_AGAIN,
    ONE_PUBLIC,
    {
      expectation: 'the symptom opens it, and the cause gives it its title',
      holds: world =>
        entries(world, 'IncidentOpened')[0]?.playbook !== 'DatabaseConnections' &&
        entries(world, 'CauseFound')
          .map(({ title }) => title)
          .join() === 'Database Connections Exhausted',
    },
    {
      expectation: 'the sessions are ended by the plan of the cause',
      holds: world => acting(world).some(({ name }) => name.endsWith('-kill-idle-connections')),
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** The cause and its symptom are told in the same minutes. */
export const bothAtOnce: Scenario = {
  ...symptomFirst,
  name: 'both-at-once',
  title: 'A cause and its symptom are told together: one incident of the cause',
  story:
    'Forgotten sessions of a report export fill the database, and within the same minutes requests fail in large part. ' +
    'Whichever alarm comes first, the incident is that of the cause, and ending the sessions ends it.',
  inject: world => {
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 2, once: true });
    begin(world, 'report-export opens sessions that nobody closes, and requests fail', () => {
      world.service.hiddenFault = 0.3;
      fillDatabase(world, 'idle');
      endsWithTheSessions(world);
    });
  },
  expectations: [
    ONE_INCIDENT,
    PAGED,
    RESOLVED,
    NOT_WOKEN_AGAIN,
    ONE_PUBLIC,
    {
      expectation: 'it ends under the title of the cause',
      holds: world =>
        [...entries(world, 'IncidentOpened'), ...entries(world, 'CauseFound')].at(-1)?.playbook ===
        'DatabaseConnections',
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** People are served once the sessions of the export are gone. */
function endsWithTheSessions(world: RehearsalWorld): void {
  const { database } = world.service;
  const look = () => {
    if (database.connections > database.maxConnections * 0.8) world.clock.after(MINUTE / 4, look);
    else world.service.hiddenFault = 0;
  };
  world.clock.after(5 * MINUTE, look);
}

/** Three causes within minutes are one storm. */
export const storm: Scenario = {
  name: 'storm',
  title: 'Three causes at once: told once, and automation stands back',
  story:
    'Within three minutes the database is full, the cache is overrun and the memory of the tasks runs out. Nobody would trust ' +
    'three remedies at once: one incident is opened and paged, each message names all of it, and a person takes over.',
  inject: world =>
    begin(world, 'the database, the cache and the memory of the tasks give way', () => {
      const { redis, memory } = world.service;
      fillDatabase(world, 'idle', 900);
      redis.suffer('retries');
      memory.leak = { perMinute: 900, atMost: 3860 };
    }),
  minutes: 60,
  done: world => entries(world, 'HandedOver').some(({ at }) => at >= (thirdCause(world) ?? '~')),
  expectations: [
    ONE_INCIDENT,
    PAGED,
    {
      expectation: 'three causes or more are its signals',
      holds: world => new Set(entries(world, 'SignalFired').map(({ playbook }) => playbook)).size >= 3,
    },
    {
      expectation: 'once the third has fired, automation begins nothing more',
      holds: world => {
        const third = thirdCause(world);
        return (
          third !== undefined &&
          entries(world, 'StepStarted').every(({ at, undoes, dryRun }) => at <= third || undoes || dryRun)
        );
      },
    },
    {
      expectation: 'the last message names every cause',
      holds: world => {
        const last = world.topics.messages.findLast(({ channel, to }) => channel === 'email' && to === ON_CALL);
        return ['database connections', 'redis', 'memory'].every(cause => last?.body.toLowerCase().includes(cause));
      },
    },
    {
      expectation:
        'the first level is woken when it begins, when it becomes worse, and when it is handed over: no more often',
      holds: world => {
        const rises = entries(world, 'Escalated').filter(({ reason }) => /opened as|severity raised/.test(reason));
        const handed = entries(world, 'HandedOver');
        return smsAfter(world, '').filter(({ to }) => to === '+15555550100').length <= rises.length + handed.length + 1;
      },
    },
    NO_DEAD_LETTERS,
  ],
};

/** When the third cause's first signal fired; failing requests are a symptom. */
function thirdCause(world: RehearsalWorld): string | undefined {
  const first = new Map<string, string>();
  for (const { playbook, at } of entries(world, 'SignalFired'))
    if (playbook !== 'ServiceHealth' && !first.has(playbook)) first.set(playbook, at);
  return [...first.values()][2];
}

/** It becomes worse twice, and people hear of each. */
export const severityRises: Scenario = {
  name: 'severity-rises',
  title: 'A P3 becomes a P2 and then a P1: woken for each rise, and not in between',
  story:
    'A tenth of the requests fails, which wakes nobody. Twenty minutes later it is a third, and the on-call engineer ' +
    'acknowledges; another twenty minutes later more than half. Each rise is told, to people and to the ticket under the same key.',
  inject: world => {
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 2 });
    for (const [minutes, share] of [
      [2, 0.1],
      [22, 0.33],
      [42, 0.6],
      [70, 0],
    ] as const)
      world.clock.after(minutes * MINUTE, () => {
        world.account.emit('service', { change: `${Math.round(share * 100)} % of requests fail`, fault: share > 0 });
        world.service.hiddenFault = share;
      });
  },
  minutes: 150,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'it is a P3, a P2 and a P1',
      holds: world =>
        [...new Set(entries(world, 'SeverityAssigned').map(({ severity }) => severity))].join() === 'P3,P2,P1',
    },
    NOT_WOKEN_AGAIN,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
