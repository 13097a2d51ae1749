import * as v from 'valibot';
import { object, secretArn, secretKeyArn } from './fields.ts';

/**
 * An Opsgenie alert for each incident, by an integration of the kind "API". What people do to it comes back by an outgoing
 * webhook (actions Acknowledge, Close and AddNote) to the endpoint's URL, an output of the stack. Opsgenie does not sign what it
 * sends: the webhook must carry the token in a custom header, `x-webhook-token`.
 *
 * Atlassian ends the support of Opsgenie on 2027-04-05: choose it only if you have it.
 */
export const Opsgenie = v.optional(
  object({
    /** A secret that is the integration's API key, in plain text. */
    apiKeySecretArn: secretArn,
    /** A secret that is the token of the header, in plain text: long and random. */
    webhookTokenSecretArn: secretArn,
    secretKeyArn,
    region: v.optional(v.picklist(['us', 'eu'], "'us' or 'eu'"), 'us'),
  }),
);
