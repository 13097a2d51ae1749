import { Construct } from 'constructs';
import { IncidentFunction, type IncidentFunctionProps } from '../platform/incident-function.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { type BoundPlaybook, environmentOf } from '../playbooks/playbook.ts';
import { grantReadExecutions } from './automation-executions.ts';
import { grantInvestigate } from './investigation.ts';
import { grantReadMuteRules } from './mute-rules.ts';
import type { Switches } from './switches.ts';

export interface ResponseFunctionsProps extends ResponderParts {
  playbooks: readonly BoundPlaybook[];
  switches: Switches;
}

/** The functions that the response workflow invokes. */
export class ResponseFunctions extends Construct {
  readonly diagnose: ResponderFunction;
  readonly classify: ResponderFunction;
  readonly plan: ResponderFunction;
  readonly verify: ResponderFunction;
  readonly handOver: ResponderFunction;

  constructor(scope: Construct, id: string, props: ResponseFunctionsProps) {
    super(scope, id);
    const { config, incidents, playbooks, switches } = props;
    const add = (name: string, own: Omit<IncidentFunctionProps, 'incidents'>) => {
      const fn = new IncidentFunction(this, name, { ...own, incidents });
      incidents.grantCommit(fn);
      return fn;
    };
    this.diagnose = add('Diagnose', {
      folder: 'functions/diagnose',
      description: 'Investigates in the order of the runbook',
      reads: ['deployment'],
      environment: environmentOf(playbooks),
    });
    grantInvestigate(this.diagnose, config, playbooks);
    incidents.grantReadAwsIssues(this.diagnose);
    this.classify = add('Classify', { folder: 'functions/classify', description: 'Judges severity by what was found' });
    this.plan = add('Plan', {
      folder: 'functions/plan',
      description: 'Chooses the next step, guardrails considered',
      reads: ['deployment'],
      environment: switches.environment,
    });
    switches.grantRead(this.plan);
    this.plan.addUnscopedReads('cloudwatch:DescribeAlarms');
    grantReadMuteRules(this.plan);
    incidents.grantLedger(this.plan, config.service);
    incidents.grantList(this.plan);
    incidents.grantReadAwsIssues(this.plan);
    this.verify = add('Verify', {
      folder: 'functions/verify',
      description: 'Whether a runbook did what it was for',
      reads: ['deployment'],
    });
    this.verify.addUnscopedReads('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData');
    grantReadExecutions(this.verify);
    this.handOver = add('HandOver', {
      folder: 'functions/hand-over',
      description: 'The workflow failed: a person takes over',
    });
  }

  get all(): ResponderFunction[] {
    return [this.diagnose, this.classify, this.plan, this.verify, this.handOver];
  }
}
