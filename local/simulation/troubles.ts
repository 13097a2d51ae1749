import type { RehearsalWorld } from '../world/world.ts';

/** A trouble of the simulated service, the remedy that heals it, and how people would mend it. */
interface Trouble {
  /** The playbook that names it, or undefined where none does. */
  playbook: string;
  /** The runbook that heals it without a person, when nothing else is wrong. */
  heals?: string;
  strike(world: RehearsalWorld): void;
  /** Changes nothing once it is over. */
  mend(world: RehearsalWorld): void;
  /** True while it lasts. */
  lasts(world: RehearsalWorld): boolean;
}

const leak = (state: string, application: string) => (world: RehearsalWorld) => {
  const { database } = world.service;
  database.startLeak({ application, state, perMinute: 620, atMost: database.maxConnections });
};

/** Sessions of a program that nobody closes stay, also where no task is left to want any. */
const holds =
  (application: string) =>
  ({ service }: RehearsalWorld) =>
    service.database.sessions().filter(session => session.application === application).length > 100;

const hasMany = ({ service: { database } }: RehearsalWorld) => database.connections > database.maxConnections * 0.8;

const redisMended = ({ service: { redis } }: RehearsalWorld) => {
  if (!redis.healthy) redis.restart();
};

const fixed = ({ service }: RehearsalWorld) => {
  if (service.deployments.errorShare > 0) service.deployments.deploy();
};

export const TROUBLES = {
  'forgotten sessions': {
    playbook: 'DatabaseConnections',
    heals: 'kill-idle-connections',
    strike: leak('idle', 'report-export'),
    mend: ({ service }) => service.database.endLeak(),
    lasts: holds('report-export'),
  },
  'busy migration': {
    playbook: 'DatabaseConnections',
    strike: leak('active', 'migration'),
    mend: ({ service }) => service.database.endLeak(),
    lasts: holds('migration'),
  },
  'grown pools': {
    playbook: 'DatabaseConnections',
    heals: 'scale-service',
    strike: ({ service: { database } }) => database.growPools(Math.round(database.maxConnections * 0.099)),
    mend: ({ service: { database } }) => database.growPools(Math.round(database.maxConnections * 0.023)),
    lasts: hasMany,
  },
  'read-only writer': {
    playbook: 'DatabaseAvailability',
    strike: ({ service }) => service.database.members.lose('read-only'),
    mend: ({ service: { database } }) => {
      if (!database.members.acceptsWrites) database.members.failOver(database.members.reader);
    },
    lasts: ({ service }) => !service.database.members.acceptsWrites,
  },
  'redis retries': {
    playbook: 'RedisHealth',
    heals: 'circuit-breaker',
    strike: ({ service }) => service.redis.suffer('retries'),
    mend: redisMended,
    lasts: ({ service }) => !service.redis.healthy && !service.redis.bypassed,
  },
  'redis script': {
    playbook: 'RedisHealth',
    heals: 'circuit-breaker',
    strike: ({ service }) => service.redis.suffer('script'),
    mend: redisMended,
    lasts: ({ service }) => !service.redis.healthy && !service.redis.bypassed,
  },
  'held memory': {
    playbook: 'ServiceMemory',
    heals: 'restart-tasks',
    strike: ({ service, clock }) => {
      service.memory.leak = { perMinute: 400, atMost: 3860, until: clock.now + 600_000 };
    },
    mend: ({ service }) => {
      if (service.memory.utilisation > 85) service.deployments.begin(service.deployments.wanted.number, true);
    },
    lasts: ({ service }) => service.memory.utilisation > 85,
  },
  'bad deployment': {
    playbook: 'BadDeployment',
    heals: 'roll-back',
    strike: ({ service }) => service.deployments.deploy(0.4),
    mend: fixed,
    lasts: ({ service }) => service.deployments.errorShare > 0.1,
  },
  'rush of requests': {
    playbook: 'ServiceHealth',
    heals: 'scale-up',
    strike: ({ service }) => {
      service.tasks.load = 4;
    },
    mend: ({ service }) => {
      service.tasks.load = 1;
    },
    lasts: ({ service }) => service.tasks.errorShare > 0.05,
  },
  'no task starts': {
    playbook: 'ServiceHealth',
    strike: ({ service }) => {
      service.tasks.start = false;
      service.tasks.running = 0;
    },
    mend: ({ service }) => {
      service.tasks.start = true;
    },
    lasts: ({ service }) => !service.tasks.start,
  },
  'failing requests': {
    playbook: 'ServiceHealth',
    strike: ({ service }) => {
      service.hiddenFault = 0.35;
    },
    mend: ({ service }) => {
      service.hiddenFault = 0;
    },
    lasts: ({ service }) => service.hiddenFault > 0,
  },
  'slow answers': {
    playbook: 'ServiceHealth',
    strike: ({ service }) => {
      service.slowness = 6;
    },
    mend: ({ service }) => {
      service.slowness = 0;
    },
    lasts: ({ service }) => service.slowness > 0,
  },
  'expiring certificate': {
    playbook: 'CertificateExpiry',
    strike: ({ service: { certificates }, clock }) => {
      certificates.first.notAfter = clock.now + 29 * 86_400_000;
      certificates.loseRecords();
    },
    mend: ({ service: { certificates }, clock }) => {
      certificates.first.notAfter = clock.now + 395 * 86_400_000;
    },
    lasts: ({ service }) => !service.certificates.healthy,
  },
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof TROUBLES;

export const TROUBLE_NAMES = Object.keys(TROUBLES) as TroubleName[];

export const troubleNamed = (name: TroubleName): Trouble => TROUBLES[name];
