import type { AwsIssue } from '../incident/aws-issues.ts';
import type { Resources } from './resources.ts';

/** Services that a step needs: what measures its cause, decides it, and runs it. Step Functions is known by two names. */
const NEEDED_TO_ACT = [
  ...['CLOUDWATCH', 'DYNAMODB', 'EVENTS', 'IAM', 'LAMBDA', 'SECRETSMANAGER', 'SQS', 'SSM'],
  ...['STATES', 'STEPFUNCTIONS'],
];

/** Services that every protected service stands on. AWS reports trouble of many services at once under a name of its own. */
const ALWAYS_IN_USE = [
  ...['ECS', 'FARGATE', 'EC2', 'VPC', 'ELASTICLOADBALANCING', 'RDS', 'AUTOSCALING', 'APPLICATION_AUTOSCALING'],
  ...['INTERNETCONNECTIVITY', 'ROUTE53', 'MULTIPLE_SERVICES'],
];

/** The services in use, by the names that AWS Health has for them: mostly IAM's, in capitals. */
export const servicesInUse = ({ redis, certificates }: Pick<Resources, 'redis' | 'certificates'>): string[] => [
  ...ALWAYS_IN_USE,
  ...NEEDED_TO_ACT,
  ...(redis ? ['ELASTICACHE'] : []),
  ...(certificates ? ['ACM', 'CLOUDFRONT'] : []),
];

/** An issue, and where AWS says that it is. */
export interface AwsReport {
  issue: AwsIssue;
  /** `global` for services that are in no region. */
  region: string;
  /** True if it concerns the account that received it, and not another of its organization. */
  own: boolean;
}

/** True if the issue may be the reason for trouble of a service in that region with these resources. */
export const concerns = (
  { issue, region, own }: AwsReport,
  deployed: { region: string; resources: Pick<Resources, 'redis' | 'certificates'> },
): boolean =>
  own &&
  (region === deployed.region || region === 'global') &&
  servicesInUse(deployed.resources).includes(issue.service);
