import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ResponderFunction } from './responder-function.ts';

const MINUTE = Duration.minutes(1);

/** Invokes a function once a minute. The next minute makes up for one that fails or comes late: it is neither repeated nor kept. */
export function invokeEveryMinute(scope: ResponderFunction): Rule {
  const perishes = { retryAttempts: 0, maxEventAge: MINUTE };
  scope.function.configureAsyncInvoke(perishes);
  return new Rule(scope, 'EveryMinute', {
    description: 'Once a minute',
    schedule: Schedule.rate(MINUTE),
    targets: [new LambdaFunction(scope.function, perishes)],
  });
}
