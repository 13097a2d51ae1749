import { Construct } from 'constructs';
import { FAILOVER_MINUTES } from '../../../lambda/domain/diagnosis/writer.ts';
import type { Cause, PlaybookPolicy, Step } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { AutomationDocument } from '../../remedies/automation-document.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { writerAlarms } from './alarms.ts';
import { failOverRunbook, seeInstances, writerStateFunction } from './runbooks.ts';

/** The runbook's 2.4, "database recovery": the database accepts no writes, and Aurora does not fail over by itself. */
export class DatabaseAvailability implements Playbook {
  readonly name = 'DatabaseAvailability';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const writerState = writerStateFunction(scope, config);
    const failOver = failOverRunbook(scope, config);
    return {
      settings: config.databaseAvailability,
      runbooks: [failOver],
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
        plan: [failOverStep(config, failOver)],
        advice: afterwards(config),
      },
    };
  }
}

/** Every connection is dropped, and which reader serves well only the team may know: a person decides. */
function failOverStep({ database }: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'fail-over',
    title: `Fail ${database.cluster} over to a reader`,
    runbook,
    document: documentName,
    parameters: { WriterInstanceId: { object: 'lostWriter' }, ReaderInstanceId: { object: 'readerToPromote' } },
    mode: 'approve',
    minimumSeverity: 'P2',
    target: database.cluster,
    cooldownMinutes: 60,
    blastRadius: { fact: 'databaseMembers', touches: 1, maximumShare: 1 },
    causes: writerIsLost(),
    needs: [
      { fact: 'readersAvailable', atLeast: 1, otherwise: 'no reader of the cluster is available to take over' },
      { fact: 'clusterAvailable', atLeast: 1, otherwise: 'RDS is at work on the cluster itself' },
    ],
    verifyMinutes: 8,
  };
}

/** For longer than Aurora's own failover takes. */
const writerIsLost = (): Cause[] => [
  { fact: 'writerGoneMinutes', atLeast: FAILOVER_MINUTES, means: 'the database has had no writer for {} min at least' },
  {
    fact: 'writerReadOnlyMinutes',
    atLeast: FAILOVER_MINUTES,
    means: 'the writer has been read-only for {} min at least',
  },
];

/** A failover restores service, and explains nothing. */
const afterwards = ({ database: { cluster } }: ServiceConfig): PlaybookPolicy['advice'] => ({
  action: `Find out why ${cluster} lost its writer, and why Aurora did not fail over by itself`,
  template:
    'The RDS events and the PostgreSQL log of the instance that was the writer tell what happened. Until that is known it ' +
    'may become the writer again: give it a higher promotion tier, or replace it. Readers that were available to take ' +
    'over: {readersAvailable}; two in other availability zones are worth having. Tasks that held on to the former writer ' +
    'need shorter DNS caching, or target_session_attrs=read-write.',
});
