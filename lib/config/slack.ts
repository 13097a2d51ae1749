import * as v from 'valibot';
import { isPersonName } from '../../lambda/domain/incident/person.ts';
import { matching, object, secretArn, secretKeyArn, text } from './fields.ts';

/**
 * A thread of the channel for each incident, with buttons. The Slack app needs the scopes `chat:write` and
 * `channels:history` (`groups:history` for a private channel), to be in the channel, and the endpoint's URL (an output of the
 * stack) for interactivity. A button counts in that channel of that workspace, for its members: a private channel is the better
 * choice, or `onlyPeople`.
 */
export const Slack = v.optional(
  object({
    team: matching(/^T[A-Z0-9]{8,}$/, 'the id of the workspace such as T0123456789, from its address in a browser'),
    channel: matching(/^[CG][A-Z0-9]{8,}$/, "the id of a channel such as C0123456789, from the channel's details"),
    /** A secret that is the bot's token, in plain text (`xoxb-…`). */
    botTokenSecretArn: secretArn,
    /** A secret that is the app's signing secret, in plain text. */
    signingSecretArn: secretArn,
    secretKeyArn,
    /** Ids of Slack by the names that people have here. Who is not among them acts as `slack:U…`. */
    people: v.optional(
      v.record(
        v.pipe(
          text('the name of a person'),
          v.check(isPersonName, 'the name of a person, which the responder does not use for itself'),
        ),
        matching(/^[UW][A-Z0-9]{8,}$/, 'the id of a member such as U0123456789, from their profile'),
        "the ids of members by name, { ada: 'U0123456789' }",
      ),
      {},
    ),
    /** Nobody but `people` may press the buttons. */
    onlyPeople: v.optional(v.boolean('true or false'), false),
  }),
);
