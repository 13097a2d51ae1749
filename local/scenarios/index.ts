import { databaseConnections } from './database-connections.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, the first being what `npm start` rehearses. */
export const SCENARIOS: readonly Scenario[] = [databaseConnections];
