import * as v from 'valibot';
import { ask } from '../../../adapters/command-function.ts';
import { isSignedWith } from '../../../adapters/secrets.ts';
import type { Button } from '../../../domain/messages/chat.ts';
import { type Act, type CommandAnswer, IncidentId } from '../../../inbound/command-request.ts';
import { type HttpEvent as Event, HttpEvent, readBody } from '../../../inbound/http-event.ts';
import { hmacHex, isEqual } from '../../../inbound/signature.ts';
import { entrypoint } from '../../../runtime/entrypoint.ts';
import { json } from '../../../runtime/http-response.ts';
import { isHook, postEphemeral } from '../client.ts';

/** Seconds after which a signed request is refused, so that one that was overheard cannot be sent again later. */
const MAXIMUM_AGE = 300;

/** Milliseconds to wait for the command: Slack shows an error if the whole request takes three seconds. */
const COMMAND_TIMEOUT = 1800;

const Value = v.object({
  incident: IncidentId,
  step: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
  whileRed: v.optional(v.boolean()),
});

/** The fields of Slack's request about a pressed button that are read. */
const ButtonPress = v.looseObject({
  team: v.looseObject({ id: v.string() }),
  channel: v.looseObject({ id: v.string() }),
  container: v.looseObject({ message_ts: v.pipe(v.string(), v.regex(/^\d{1,20}\.\d{1,10}$/)) }),
  user: v.looseObject({ id: v.pipe(v.string(), v.regex(/^[UW][A-Z0-9]{1,30}$/)), team_id: v.nullish(v.string()) }),
  response_url: v.pipe(v.string(), v.maxLength(500)),
  actions: v.tupleWithRest(
    [
      v.looseObject({
        action_id: v.pipe(v.string(), v.maxLength(100)),
        action_ts: v.pipe(v.string(), v.regex(/^\d{1,20}(\.\d{1,10})?$/)),
        value: v.pipe(v.string(), v.maxLength(2000), v.parseJson(), Value),
      }),
    ],
    v.unknown(),
  ),
});

type ButtonPress = v.InferOutput<typeof ButtonPress>;

/** Slack may send interactions of other kinds. */
const Interaction = v.pipe(v.string(), v.parseJson(), v.looseObject({ type: v.pipe(v.string(), v.maxLength(100)) }));

/** Carries out the buttons of the thread. Requests must be signed and recent; one that Slack repeats takes effect once. */
export const handler = entrypoint(HttpEvent, async event => {
  if (event.requestContext.http.method !== 'POST') return json(405, { error: 'POST only' });
  const body = readBody(event);
  if ('status' in body) return json(body.status, { error: body.error });
  if (!(await isSigned(event, body.bytes))) return json(401, { error: 'not signed, or too old' });
  const payload = new URLSearchParams(body.text).get('payload');
  // Slack also sends checks of the certificate here.
  if (payload === null) return json(200, {});
  const interaction = v.safeParse(Interaction, payload);
  if (!interaction.success) return json(400, { error: 'no interaction' });
  if (interaction.output.type !== 'block_actions') return json(200, {});
  const parsed = v.safeParse(ButtonPress, interaction.output);
  if (!parsed.success) return json(400, { error: 'no button of ours' });
  const { user, channel, container, actions, response_url } = parsed.output;
  const fault = faultOf(parsed.output);
  if (fault) {
    console.error({ message: `a button did nothing: ${fault}` });
    return json(403, { error: fault });
  }
  const [{ action_id, action_ts, value }] = actions;
  const act = actOf(action_id, value);
  if (!act && action_id !== 'merge') return json(200, {});
  const requestId = `slack/${user.id}/${action_ts}/${action_id}`;
  const from = `${channel.id}/${container.message_ts}`;
  const caller = { incident: value.incident, by: personOf(user.id), via: 'slack', from, requestId } as const;
  const refusal = mayPress(user.id)
    ? await refusalOf(act ? ask({ do: 'act', ...caller, act }) : merge(caller))
    : 'Nothing was done: the configuration names who may press the buttons, and you are not among them.';
  if (refusal) await postEphemeral(response_url, refusal).catch(error => console.error({ message: String(error) }));
  return json(200, {});
});

/** A signature says that Slack sent it, of whichever workspace and channel the app is in. A shared channel has guests. */
function faultOf({ team, channel, user, response_url }: ButtonPress): string | undefined {
  const isOurs = (id: string) => id === process.env['SLACK_TEAM'];
  if (!isOurs(team.id) || !isOurs(user.team_id ?? team.id)) return 'another workspace than the configured one';
  if (channel.id !== process.env['SLACK_CHANNEL']) return 'another channel than the configured one';
  return isHook(response_url) ? undefined : 'a response_url that is none of Slack';
}

/** A button cannot ask into which one: it merges into the only other incident that is open. */
async function merge(caller: {
  incident: string;
  by: string;
  via: 'slack';
  from: string;
  requestId: string;
}): Promise<CommandAnswer> {
  const { incidents = [] } = await ask({ do: 'list' });
  const [into, ...more] = incidents.filter(({ id }) => id !== caller.incident).map(({ id }) => id);
  if (!into) return { refused: 'no other incident is open' };
  if (more.length > 0)
    return { refused: `several are open: npx incident merge ${caller.incident} ${[into, ...more].join(' or ')}` };
  return ask({ do: 'merge', ...caller, into });
}

async function isSigned({ headers }: Event, bytes: Buffer): Promise<boolean> {
  const at = headers['x-slack-request-timestamp'] ?? '';
  const isRecent = Math.abs(Date.now() / 1000 - Number(at)) <= MAXIMUM_AGE;
  const given = headers['x-slack-signature'] ?? '';
  const isRight = (secret: string) => isEqual(given, `v0=${hmacHex(secret, `v0:${at}:`, bytes)}`);
  return isRecent && isSignedWith(process.env['SIGNING_SECRET'], isRight);
}

/** The reason why the action failed, which only the person who pressed is told; a success shows in the thread. */
async function refusalOf(answer: Promise<CommandAnswer>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  // The command function is already invoked and finishes even if nobody waits for it.
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), COMMAND_TIMEOUT);
  });
  try {
    const given = await Promise.race([answer, timeout]);
    return given?.confirm
      ? `Nothing was done: ${given.refused}. Press once more when the first message names them.`
      : given?.refused;
  } catch (error) {
    console.error({ message: `a button did nothing: ${(error as Error).message}` });
    return 'That did not work. Press once more, or use `npx incident`.';
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}

function actOf(button: string, { step, whileRed }: { step: string; whileRed?: boolean | undefined }): Act | undefined {
  switch (button as Button) {
    case 'acknowledge':
      return { type: 'acknowledge' };
    case 'take-command':
      return { type: 'take command' };
    case 'approve':
    case 'decline':
      return { type: 'answer approval', step, approve: button === 'approve' };
    case 'publish':
      return { type: 'publish' };
    case 'withhold':
      return { type: 'withhold' };
    case 'resolve':
      return { type: 'resolve', reason: 'declared over in Slack', whileRed };
    default:
      return undefined;
  }
}

const people = (): Record<string, string> => JSON.parse(process.env['SLACK_PEOPLE'] ?? '{}');

/** Everybody in the channel, unless the configuration says that it names them all. */
const mayPress = (user: string) => process.env['SLACK_ONLY_PEOPLE'] !== 'true' || Object.hasOwn(people(), user);

/** The person's name in the configuration, or else their Slack id. */
const personOf = (user: string): string => people()[user] ?? `slack:${user}`;
