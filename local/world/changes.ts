import { type Account, Changes, type Input } from 'embedded-aws';

/** The services that the protected service is made of. */
const PROTECTED = new Set([
  ...['ecs', 'application-autoscaling', 'rds', 'rds-data', 'elasticache', 'elasticloadbalancing'],
  ...['acm', 'cloudfront', 'route53', 'ec2', 'autoscaling', 'codedeploy'],
]);

/** The tasks of the service read these parameters. */
const CIRCUIT_BREAKER = '/circuit-breakers/';

/** Notes the calls by which the deployed stack changed the protected service, and not itself. */
export function changesOfService(account: Account): Changes {
  /** The status page's distribution is the responder's own. */
  const own = ({ Id, DistributionId = Id }: Input) =>
    account.ofType('AWS::CloudFront::Distribution').some(({ ref }) => ref === DistributionId);
  return new Changes(account, ({ service, input }) => {
    if (service === 'ssm') return typeof input['Name'] === 'string' && input['Name'].includes(CIRCUIT_BREAKER);
    return PROTECTED.has(service) && !(service === 'cloudfront' && own(input));
  });
}
