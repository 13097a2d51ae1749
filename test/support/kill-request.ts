import type { KillRequest } from '../../lambda/runbooks/kill-idle-connections/sessions.ts';

/** No session is protected. */
export const nobody = { users: [], applications: [], addresses: [], statements: [] };

/** A run that ends every session it may end. */
export const everything: KillRequest = {
  ...{ dryRun: false, idleSeconds: 0, idleInTransactionSeconds: 0, limit: 1000 },
  protect: nobody,
};
