import * as v from 'valibot';
import { matching, modes, object, share, warningBelowCritical, whole } from './fields.ts';

export const ServiceHealth = v.optional(
  object({
    /** Tasks run when too few bear the load. Absent, the service is not scaled up. */
    scaleUpTo: v.optional(whole(1, 1000)),
    /** Shares of requests answered with 5xx at which the alarms fire. */
    errorShare: v.optional(
      v.pipe(object({ warning: v.optional(share, 0.05), critical: v.optional(share, 0.5) }), warningBelowCritical()),
      {},
    ),
    /**
     * Requests of the last five minutes below which nobody can tell what share of them fails: then the health URLs alone
     * speak. At 50, one failed request is 2 %.
     */
    minimumRequests: v.optional(whole(1, 100_000), 50),
    /** Average seconds of an answer at which the alarm fires. */
    responseSeconds: v.optional(whole(1, 60), 2),
    /** Where the maintenance page is shown, if people approve: a rule of this listener, before all its others. Absent, it is not. */
    maintenance: v.optional(
      object({
        listenerArn: matching(
          /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
          'the ARN of a listener of the load balancer',
        ),
        priority: v.optional(whole(1, 50_000), 1),
      }),
    ),
    ...modes('roll-back', 'scale-up', 'maintenance-mode'),
  }),
  {},
);

export const BadDeployment = v.optional(object({ ...modes('roll-back') }), {});

export const DatabaseConnections = v.optional(
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
      /** What max_connections is raised to. By default twice as many, at most Aurora's own default of 5000. */
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
