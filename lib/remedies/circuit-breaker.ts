import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Cause } from '../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { Remedy } from './remedy.ts';

export interface CircuitBreakerProps {
  /** The name that people use, e.g. `Redis`. */
  dependency: string;
  /** The measurements that show the dependency to be ill. */
  causes: Cause[];
}

/**
 * Opens the circuit breaker of a dependency that is ill, so that people are served without it while the trouble lasts. The
 * breaker is a parameter that the service's tasks read (`docs/circuit-breaker.md` says how).
 */
export function circuitBreaker(
  scope: Construct,
  { service }: ServiceConfig,
  { dependency, causes }: CircuitBreakerProps,
): Remedy {
  const parameter = new StringParameter(scope, 'CircuitBreakerState', {
    parameterName: `/incident-response/${service}/circuit-breakers/${dependency.toLowerCase()}`,
    description: `"open" keeps the tasks of ${service} from calling ${dependency}; anything else lets them`,
    stringValue: 'closed',
  });
  return new Remedy(scope, 'CircuitBreaker', {
    runbook: 'circuit-breaker',
    service,
    defaults: { Name: parameter.parameterName },
    permissions: [
      new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [parameter.parameterArn] }),
    ],
    step: {
      name: 'open-circuit-breaker',
      title: `Open the circuit breaker of ${dependency}: serve people without it`,
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
    },
  });
}
