import * as v from 'valibot';
import { type ResponseBounds, USUAL_BOUNDS } from '../../lambda/domain/kernel/severity.ts';
import { matching, modes, object, share, warningBelowCritical, whole } from './fields.ts';

const SECONDS = 'seconds from 0.1 to 300';
const seconds = v.pipe(v.number(SECONDS), v.minValue(0.1, SECONDS), v.maxValue(300, SECONDS));

const responseBounds = ({ average, p95 }: ResponseBounds) =>
  object({ average: v.optional(seconds, average), p95: v.optional(seconds, p95) });

const isBelow = (noticeable: ResponseBounds, severe: ResponseBounds) =>
  noticeable.average < severe.average && noticeable.p95 < severe.p95;

export const ServiceHealthSettings = v.optional(
  v.pipe(
    object({
      /** Tasks run when too few bear the load. Absent, the service is not scaled up. */
      scaleUpTo: v.optional(whole(1, 1000)),
      /** The share of failing requests from which it is an incident. A quarter and half of them have alarms of their own. */
      failingShare: v.optional(
        v.pipe(
          share,
          v.check(value => value < 0.25, 'a share below 0.25, from which on it is a P2'),
        ),
        USUAL_BOUNDS.failingShare,
      ),
      /**
       * Requests of the last five minutes below which nobody can tell what share of them fails: then the health URLs alone
       * speak. At 50, one failed request is 2 %.
       */
      minimumRequests: v.optional(whole(1, 100_000), 50),
      /**
       * Seconds of an answer, on average and of the slowest twentieth (p95), from which on slowness is noticed (P3) and drives
       * people away (P2). A second is the limit of an uninterrupted train of thought, ten that of attention.
       */
      noticeable: v.optional(responseBounds(USUAL_BOUNDS.noticeable), {}),
      severe: v.optional(responseBounds(USUAL_BOUNDS.severe), {}),
      /** Where the maintenance page is shown, if people approve: a rule of this listener, before all its others. Absent, it is not. */
      maintenance: v.optional(
        object({
          listenerArn: matching(
            /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
            'the ARN of a listener of the load balancer',
          ),
          /** Below those of all other rules, and free: no two rules of a listener have the same, and 1 is usually taken. */
          priority: whole(1, 50_000),
        }),
      ),
      ...modes('roll-back', 'scale-up', 'maintenance-mode'),
    }),
    v.check(({ noticeable, severe }) => isBelow(noticeable, severe), 'bounds of noticeable below those of severe'),
  ),
  {},
);

export const BadDeploymentSettings = v.optional(object({ ...modes('roll-back') }), {});

export const DatabaseAvailabilitySettings = v.optional(object({ ...modes('fail-over') }), {});

export const DatabaseConnectionsSettings = v.optional(
  v.pipe(
    object({
      /** Shares of maxConnections at which the alarms fire. */
      warning: v.optional(share, 0.8),
      critical: v.optional(share, 0.95),
      /** Seconds without activity after which a session may be ended. */
      idleSeconds: v.optional(whole(30, 86_400), 300),
      /** The same for a session that has a transaction open: to end it undoes its work. */
      idleInTransactionSeconds: v.optional(whole(30, 86_400), 900),
      ...modes('scale-down', 'kill-idle-connections', 'raise-max-connections'),
      /** The number that max_connections is raised to. By default twice as many, at most Aurora's own default of 5000. */
      raiseTo: v.optional(whole(10, 262_143)),
    }),
    warningBelowCritical(),
    v.check(
      ({ idleSeconds, idleInTransactionSeconds }) => idleInTransactionSeconds >= idleSeconds,
      'idleInTransactionSeconds of idleSeconds or more',
    ),
  ),
  {},
);
