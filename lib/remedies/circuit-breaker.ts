import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Cause, Step } from '../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { AutomationDocument } from './automation-document.ts';

/**
 * The runbook that opens and closes the circuit breaker of a dependency, and the breaker: a parameter that the service's
 * tasks read (`docs/circuit-breaker.md` says how).
 */
export function circuitBreakerRunbook(
  scope: Construct,
  { service }: ServiceConfig,
  dependency: string,
): AutomationDocument {
  const parameter = new StringParameter(scope, 'CircuitBreakerState', {
    parameterName: `/incident-response/${service}/circuit-breakers/${dependency.toLowerCase()}`,
    description: `"open" keeps the tasks of ${service} from calling ${dependency}; anything else lets them`,
    stringValue: 'closed',
  });
  return new AutomationDocument(scope, 'CircuitBreaker', {
    runbook: 'circuit-breaker',
    service,
    defaults: { Name: parameter.parameterName },
    permissions: [
      new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [parameter.parameterArn] }),
    ],
  });
}

/** Relief while the trouble lasts, for people who suffer from it: the dependency, ill by one of the causes, is left out. */
export function openCircuitBreaker(
  { service }: ServiceConfig,
  { runbook, documentName }: AutomationDocument,
  dependency: string,
  causes: Cause[],
): Step {
  return {
    name: 'open-circuit-breaker',
    title: `Open the circuit breaker of ${dependency}: serve people without it`,
    runbook,
    document: documentName,
    parameters: { State: 'open' },
    mode: 'auto',
    minimumSeverity: 'P3',
    target: `${service}/${dependency.toLowerCase()}`,
    cooldownMinutes: 30,
    blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 },
    causes,
    needs: [{ fact: 'affectedShare', atLeast: 0.01, otherwise: 'people are served well' }],
    verifyMinutes: 6,
    verifiedBy: 'health',
    revert: {
      title: `Close the circuit breaker of ${dependency} again`,
      parameters: { State: 'closed' },
      when: 'recovered',
    },
  };
}
