import { Construct } from 'constructs';
import type { Advice } from '../../../lambda/domain/incident/policy.ts';
import { thousands } from '../../../lambda/domain/kernel/numbers.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { connectionAlarms } from './alarms.ts';
import { killIdleConnections, raiseMaxConnections, scaleDown, sessionsFunction } from './remedies.ts';

/** The runbook's 5.1: the connection pool of the database is exhausted. */
export class DatabaseConnections implements Playbook {
  readonly name = 'DatabaseConnections';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const database = sessionsFunction(scope, config);
    return {
      settings: config.databaseConnections,
      remedies: [
        scaleDown(scope, config),
        killIdleConnections(scope, config, database),
        raiseMaxConnections(scope, config, database),
      ],
      policy: {
        name: this.name,
        title: 'Database Connections Exhausted',
        impact: 'API timeouts and latency spikes; requests fail with "too many connections"',
        customers: { title: 'API requests time out', impact: 'API requests are slow, and some of them fail.' },
        alarms: connectionAlarms(scope, this.name, config),
        advice: pooling(config),
      },
    };
  }
}

/** The runbook's last remedy is no step that can be run at night, but work to be done: so it is advised, with the numbers. */
const pooling = (config: ServiceConfig): Advice => ({
  action: `Pool the connections to ${config.database.cluster} with RDS Proxy`,
  template:
    `{databaseConnections} of ${thousands(config.database.maxConnections)} connections to the writer are in use, with ` +
    '{runningTasks} tasks running: {databaseConnections / runningTasks} for each task. RDS Proxy between tasks and ' +
    'database would multiplex them over few; until then, bound the pool of each task. If max_connections was raised, ' +
    'set database.maxConnections to it and deploy: the alarms judge by the former value until then.',
});
