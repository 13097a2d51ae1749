import { badDeployment } from './bad-deployment.ts';
import { databaseConnections, handedOverWithAdvice, healedByFirstStep, madeWorse } from './database-connections.ts';
import type { Scenario } from './scenario.ts';
import { serviceDown } from './service-down.ts';
import { serviceDownHandedOver } from './service-down-handed-over.ts';

/** Every scenario, the first being what `npm start` rehearses. */
export const SCENARIOS: readonly Scenario[] = [
  databaseConnections,
  healedByFirstStep,
  handedOverWithAdvice,
  madeWorse,
  badDeployment,
  serviceDown,
  serviceDownHandedOver,
];
