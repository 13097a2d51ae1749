import { Construct } from 'constructs';
import type { Advice } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { writerAlarms } from './alarms.ts';
import { failOver, seeInstances, writerStateFunction } from './remedies.ts';

/** The runbook's 2.4, "database recovery": the database accepts no writes, and Aurora does not fail over by itself. */
export class DatabaseAvailability implements Playbook {
  readonly name = 'DatabaseAvailability';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const writerState = writerStateFunction(scope, config);
    return {
      settings: config.databaseAvailability,
      remedies: [failOver(scope, config)],
      probed: true,
      resources: { databaseInstances: config.database.instances },
      permissions: { diagnose: [seeInstances(config), writerState.ask], probe: [writerState.ask] },
      environment: { WRITER_STATE_FUNCTION: writerState.functionName },
      policy: {
        name: this.name,
        title: 'Database Writer Unavailable',
        impact: 'Nothing can be saved: the database has no writer, or one that is read-only',
        customers: { title: 'Changes cannot be saved', impact: 'Requests that save changes fail.' },
        alarms: writerAlarms(scope, this.name, config),
        checks: ['database writer'],
        advice: afterwards(config),
      },
    };
  }
}

/** A failover restores service, and explains nothing. */
const afterwards = ({ database: { cluster } }: ServiceConfig): Advice => ({
  action: `Find out why ${cluster} lost its writer, and why Aurora did not fail over by itself`,
  template:
    'The RDS events and the PostgreSQL log of the instance that was the writer tell what happened. Until that is known it ' +
    'may become the writer again: give it a higher promotion tier, or replace it. Readers that were available to take ' +
    'over: {readersAvailable}; two in other availability zones are worth having. Tasks that held on to the former writer ' +
    'need shorter DNS caching, or target_session_attrs=read-write.',
});
