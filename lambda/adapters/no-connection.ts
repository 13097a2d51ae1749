/** PostgreSQL's words and SQLSTATE when all connections are taken that a user may have; the Data API passes them on. */
const NONE_LEFT = /\b53300\b|connection slots are reserved|too many clients/i;

const REMEDY =
  'End sessions as a member of rds_superuser, for whom connections are reserved. For next time, grant the database user of the ' +
  'responder pg_use_reserved_connections and set reserved_connections (PostgreSQL 16 and later; docs/idle-sessions.md)';

/** The database has no connection left for the responder. */
export class NoConnectionLeft extends Error {}

/** An error in words, with what to do about it, when the database has no connection left for the responder; undefined for any other. */
export const noConnectionLeft = (database: string, said: string): NoConnectionLeft | undefined =>
  NONE_LEFT.test(said)
    ? new NoConnectionLeft(`no connection was free for the responder in the database ${database}. ${REMEDY}`)
    : undefined;
