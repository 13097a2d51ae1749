import { acknowledgementLapses } from './acknowledgement-lapses.ts';
import { deployedMeanwhile, observe, reliefStays, runbookFails } from './acts-on-evidence.ts';
import { approvalGiven } from './approval-given.ts';
import { awsHealth } from './aws-health.ts';
import { badDeployment, badDeploymentHandedOver } from './bad-deployment.ts';
import { breach } from './breach.ts';
import { certificateExpiry, certificateHandedOver, certificateReplaced } from './certificate-expiry.ts';
import { databaseConnections, handedOverWithAdvice, healedByFirstStep, madeWorse } from './database-connections.ts';
import { databaseFailover } from './database-failover.ts';
import { databaseFull } from './database-full.ts';
import { doorsFlooded } from './doors-flooded.ts';
import { drill } from './drill.ts';
import { flapping } from './flapping.ts';
import { maintenance } from './maintenance.ts';
import { merged } from './merged.ts';
import { deployedIntoTrouble, firstDay } from './new-account.ts';
import { nobodyAnswers } from './nobody-answers.ts';
import { alarmTested, metricVanishes, quietNight } from './nothing-happens.ts';
import { bothAtOnce, oneTrouble, severityRises, storm, symptomFirst } from './one-trouble.ts';
import { redisHandedOver, redisHealth, redisMadeWorse, redisRestart } from './redis-health.ts';
import type { Scenario } from './scenario.ts';
import { serviceDown, serviceDownHandedOver, serviceDownMadeWorse } from './service-down.ts';
import { serviceMemory, serviceMemoryHandedOver, serviceMemoryLimit } from './service-memory.ts';
import { grows, halfMended, slow, slowBurn } from './severity-follows.ts';
import { smsSpent } from './sms-spent.ts';
import { tableAway } from './table-away.ts';

/** Every scenario, the first being what `npm start` rehearses. */
export const SCENARIOS: readonly Scenario[] = [
  databaseConnections,
  healedByFirstStep,
  handedOverWithAdvice,
  madeWorse,
  databaseFull,
  databaseFailover,
  redisHealth,
  redisRestart,
  redisHandedOver,
  redisMadeWorse,
  badDeployment,
  badDeploymentHandedOver,
  serviceDown,
  serviceDownHandedOver,
  serviceDownMadeWorse,
  serviceMemory,
  serviceMemoryLimit,
  serviceMemoryHandedOver,
  certificateExpiry,
  certificateReplaced,
  certificateHandedOver,
  oneTrouble,
  symptomFirst,
  bothAtOnce,
  storm,
  severityRises,
  nobodyAnswers,
  maintenance,
  flapping,
  acknowledgementLapses,
  approvalGiven,
  awsHealth,
  breach,
  merged,
  drill,
  observe,
  deployedMeanwhile,
  reliefStays,
  runbookFails,
  slowBurn,
  grows,
  halfMended,
  slow,
  metricVanishes,
  alarmTested,
  quietNight,
  tableAway,
  firstDay,
  deployedIntoTrouble,
  smsSpent,
  doorsFlooded,
];
