import * as v from 'valibot';
import { object, secretArn, secretKeyArn, url } from './fields.ts';

/**
 * A PagerDuty incident for each of ours, by an integration of the kind "Events API v2". What people do to it comes back by
 * a webhook subscription (v3) of that PagerDuty service to the endpoint's URL, an output of the stack, with all events that
 * begin with `incident.`; `incident.triggered` tells which ticket was opened.
 */
export const PagerDuty = v.optional(
  object({
    /** A secret that is the integration key, 32 characters in plain text. */
    routingKeySecretArn: secretArn,
    /** A secret that is the webhook subscription's own secret, in plain text. */
    webhookSecretArn: secretArn,
    secretKeyArn,
    /** Where people find it. */
    url: v.optional(
      url(/^https:.*[^/]$/, 'an https:// URL such as https://mockupaws.pagerduty.com, without a / at its end'),
    ),
  }),
);
