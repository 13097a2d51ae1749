import { QUESTIONS, type Question, question } from 'embedded-aws';

/** The state that ECS and RDS answer with for a moment after a change, where `RehearsalFaults.staleReads` does not say. */
export const READS_AFTER_CHANGE = question(
  'ECS and RDS after a change',
  'answer for up to 10 s as before',
  'answer with the change',
);

/** Where `RehearsalFaults.unordered` does not say. */
export const DEPLOYMENT_ORDER = question(
  'deployments of a service',
  'are listed with the newest first',
  'are listed in any order',
);

export const MEMBER_ORDER = question(
  'members of a database cluster',
  'are listed with the first made first',
  'are listed with the last made first',
);

/** `reserved_connections` of Aurora, as `pg_use_reserved_connections` has them from PostgreSQL 16 on. */
export const RESERVED_CONNECTION = question(
  'connection that Aurora reserves for a user',
  'is free when all others are taken',
  'is refused like any other',
);

/** All questions that a rehearsal may ask. */
export const ALL_QUESTIONS: readonly Question[] = [
  ...QUESTIONS,
  ...[READS_AFTER_CHANGE, DEPLOYMENT_ORDER, MEMBER_ORDER, RESERVED_CONNECTION],
];
