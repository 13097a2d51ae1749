import type { Construct, IDependable } from 'constructs';
import { probedUrls } from '../config/without-store.ts';
import { invokeEveryMinute } from '../platform/every-minute.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import { grantPutMetrics } from '../platform/own-metrics.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { type BoundPlaybook, environmentOf } from '../playbooks/playbook.ts';
import { grantReadDatabase, grantReadService } from './investigation.ts';

export interface ProbeProps extends ResponderParts {
  playbooks: readonly BoundPlaybook[];
}

/** Measures the service once a minute. Alarms of playbooks stand on its metrics, and the status page shows them. */
export class Probe extends IncidentFunction {
  /** Runs the probe once a minute. */
  readonly rule: IDependable;

  constructor(scope: Construct, id: string, { config, incidents, playbooks }: ProbeProps) {
    super(scope, id, {
      folder: 'functions/probe',
      description: 'Once a minute: health URLs, errors, tasks and deployments, as metrics',
      reads: ['deployment'],
      incidents,
      environment: { ...environmentOf(playbooks), HEALTH_URLS: probedUrls(config) },
    });
    grantReadService(this, config);
    grantReadDatabase(this, config);
    this.addUnscopedReads('cloudwatch:GetMetricData');
    grantPutMetrics(this);
    this.addToRolePolicy(...playbooks.flatMap(({ permissions }) => permissions?.probe ?? []));
    this.rule = invokeEveryMinute(this);
  }
}
