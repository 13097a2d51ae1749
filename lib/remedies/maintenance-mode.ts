import { Validations } from 'aws-cdk-lib';
import { CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import { Remedy } from './remedy.ts';

type Maintenance = NonNullable<ServiceConfig['serviceHealth']['maintenance']>;

/**
 * Shows the maintenance page. The page is a rule of the listener that is always there, on a host name that nobody can ask for;
 * turned on, it stands on every path. So the document may change one rule, and can add or delete none. The page heals nothing,
 * so no signal can verify it; it stays on until a person, who is called then, turns it off.
 */
export function maintenanceMode(scope: Construct, config: ServiceConfig, maintenance: Maintenance): Remedy {
  const { service, title, ecs } = config;
  const rule = new CfnListenerRule(scope, 'MaintenancePage', {
    listenerArn: maintenance.listenerArn,
    priority: maintenance.priority,
    conditions: [{ field: 'host-header', hostHeaderConfig: { values: ['maintenance.invalid'] } }],
    actions: [
      {
        type: 'fixed-response',
        fixedResponseConfig: { statusCode: '503', contentType: 'text/html', messageBody: page(title) },
      },
    ],
  });
  const remedy = new Remedy(scope, 'MaintenanceMode', {
    runbook: 'maintenance-mode',
    service,
    defaults: { RuleArn: rule.ref },
    permissions: [
      new PolicyStatement({ actions: ['elasticloadbalancing:ModifyRule'], resources: [rule.ref] }),
      new PolicyStatement({ actions: ['elasticloadbalancing:DescribeRules'], resources: ['*'] }),
    ],
    step: {
      name: 'maintenance-mode',
      title: `Show the maintenance page of ${title} until a person turns it off`,
      parameters: { Mode: 'on' },
      mode: 'approve',
      minimumSeverity: 'P1',
      target: `${ecs.cluster}/${ecs.service}`,
      cooldownMinutes: 60,
      blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 },
      causes: [
        {
          fact: 'healthFailingShare',
          atLeast: 1,
          means: 'no health URL answers well',
          otherwise: 'health URLs answer',
        },
        {
          fact: 'usersAffectedShare',
          atLeast: 0.5,
          means: '{%} of requests fail',
          otherwise: 'less than half of the requests fail',
        },
      ],
      verifyMinutes: 1,
      verifiedBy: 'runbook',
    },
  });
  Validations.of(remedy.document.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'elasticloadbalancing:DescribeRules only reads, and IAM knows no narrower resource for it.',
  });
  return remedy;
}

/** At most 1024 characters. A fixed response has no Retry-After header, so the text says when to try again. */
const page = (title: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Maintenance</title><h1>${escaped(title)} is being repaired</h1><p>We are sorry. Please try again in ten minutes.</p></html>\n`;

const escaped = (text: string) => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
