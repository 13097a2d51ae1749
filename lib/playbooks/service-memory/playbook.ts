import { Construct } from 'constructs';
import type { Advice } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { memoryAlarms } from './alarms.ts';
import { captureHeapDump } from './heap-dump.ts';
import { restartTasks, revisionRemedies } from './remedies.ts';
import { describeTasks, readTaskDefinition } from './statements.ts';

/** The runbook's 5.2: the service's tasks have too little memory, or leak it. */
export class ServiceMemory implements Playbook {
  readonly name = 'ServiceMemory';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const { heapDump, warning } = config.serviceMemory;
    const dump = heapDump ? [captureHeapDump(scope, config, heapDump)] : [];
    const restart = restartTasks(scope, config);
    const { raise, goBack } = revisionRemedies(scope, config);
    return {
      settings: config.serviceMemory,
      remedies: [...dump, restart, ...raise, goBack],
      probed: true,
      resources: { memory: { high: warning * 100, heapDump: heapDump?.container, raisable: raise.length > 0 } },
      permissions: {
        diagnose: [...describeTasks(config), readTaskDefinition],
        probe: describeTasks(config),
      },
      policy: {
        name: this.name,
        title: 'High Memory Usage',
        impact: 'Tasks run out of memory, are killed and start anew; requests fail or take long meanwhile',
        customers: { title: 'Degraded performance', impact: 'Requests take longer than usual, and some of them fail.' },
        alarms: memoryAlarms(scope, this.name, config),
        checks: ['memory'],
        advice: fix(config),
      },
    };
  }
}

/** The runbook's last remedy, to deploy the fix, is people's work. */
const fix = ({ ecs, serviceMemory }: ServiceConfig): Advice => ({
  action: `Find out what holds the memory of ${ecs.service}, and deploy the fix`,
  template:
    '{memoryPercent} % of the {taskMemory} MiB of each task of revision {taskRevision} were in use; {oomKills} tasks were ' +
    'killed for want of memory and {taskRestarts} ended by themselves in ten minutes. ' +
    (serviceMemory.heapDump
      ? 'If a heap dump was captured, it is in the bucket for two weeks: look for what it holds most of. '
      : 'No heap dump is configured (serviceMemory.heapDump), without which a leak is hard to find. ') +
    'If memory was raised, put the new size into the source of the task definition, or the next deployment takes it back; ' +
    'a heap limit that the program sets for itself is not raised with it.',
});
