import { Refused, send, Unavailable } from '../../adapters/http.ts';
import { withSecret } from '../../adapters/secrets.ts';
import { slackText } from '../../domain/encoding/slack.ts';
import { visible, visibleValues } from '../../domain/encoding/visible.ts';
import type { Post } from '../../domain/messages/chat.ts';

/** The fields of a Slack message that are read back. */
interface Message {
  ts: string;
  /** `tombstone` stands for a message that was deleted and has replies. */
  subtype?: string;
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
}

interface Answer {
  ok: boolean;
  error?: string;
  ts?: string;
  permalink?: string;
  messages?: Message[];
  response_metadata?: { next_cursor?: string; messages?: string[] };
}

/** Errors that Slack answers with a status of 200 when it has trouble of its own; a retry may help. */
const TEMPORARY_ERRORS = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
]);

class RefusedBySlack extends Refused {
  readonly code: string;

  constructor(reason: string, code: string) {
    super(reason);
    this.code = code;
  }
}

const channel = () => process.env['SLACK_CHANNEL'] ?? '';

/** Messages on one page of an answer. */
const PAGE_SIZE = 200;

/** Finds the message that begins an incident's thread, posted since a time; undefined when there is none. */
export async function findThread(incident: string, since: string): Promise<string | undefined> {
  const oldest = String(Math.floor(Date.parse(since) / 1000) - 60);
  const messages = await all('conversations.history', { oldest });
  return messages.find(
    ({ metadata }) => metadata?.event_type === 'incident' && metadata.event_payload['id'] === incident,
  )?.ts;
}

/** The numbers of the events in a thread. */
export interface Thread {
  /** The last one that the first message shows. */
  shown: number;
  /** The events with a reply. */
  replied: Set<number>;
}

/** Reads a thread; undefined when its first message was deleted, and the buttons with it. */
export async function readThread(ts: string): Promise<Thread | undefined> {
  const messages = await all('conversations.replies', { ts }).catch((error: Error) => {
    if (error instanceof RefusedBySlack && error.code === 'thread_not_found') return [];
    throw error;
  });
  const first = messages.find(message => message.ts === ts);
  if (!first || first.subtype === 'tombstone') return undefined;
  const seqs = (type: string) =>
    messages.flatMap(({ metadata }) => (metadata?.event_type === type ? [Number(metadata.event_payload['seq'])] : []));
  return { shown: seqs('incident')[0] ?? -1, replied: new Set(seqs('incident_entry')) };
}

/** Posts a message, in a thread or as a new one, and returns its timestamp, which identifies it. */
export async function post(message: Post, thread?: string): Promise<string> {
  const { ts } = await call('chat.postMessage', { ...asFields(message), ...(thread ? { thread_ts: thread } : {}) });
  return ts ?? '';
}

export async function update(message: Post, ts: string): Promise<void> {
  await call('chat.update', { ...asFields(message), ts });
}

export async function permalink(ts: string): Promise<string | undefined> {
  return (await call('chat.getPermalink', { message_ts: ts })).permalink;
}

/** True if the URL leads to Slack, and nowhere else. */
export function isHook(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null && parsed.origin === process.env['SLACK_HOOKS'] && parsed.username === '' && parsed.password === ''
  );
}

/** Sends a message that only the person who pressed the button sees. No error quotes the URL: whoever knows it can post. */
export async function postEphemeral(responseUrl: string, text: string): Promise<void> {
  if (!isHook(responseUrl)) throw new Refused('the response_url is none of Slack');
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text: slackText(text) });
  try {
    await send(responseUrl, { headers: { 'content-type': 'application/json' }, body, seconds: 0.8 });
  } catch (error) {
    throw new Unavailable(`Slack did not take the answer to a button: ${(error as Error).name}`);
  }
}

const asFields = ({ text, blocks, metadata }: Post) => ({
  text: visible(text),
  ...(blocks ? { blocks: JSON.stringify(visibleValues(blocks)) } : {}),
  metadata: JSON.stringify(metadata),
  unfurl_links: 'false',
});

async function all(method: string, fields: Record<string, string>): Promise<Message[]> {
  const found: Message[] = [];
  for (let cursor = ''; ; ) {
    const page = { ...fields, include_all_metadata: 'true', limit: String(PAGE_SIZE), ...(cursor ? { cursor } : {}) };
    const { messages = [], response_metadata } = await call(method, page);
    found.push(...messages);
    cursor = response_metadata?.next_cursor ?? '';
    if (!cursor) return found;
  }
}

async function call(method: string, fields: Record<string, string>): Promise<Answer> {
  return withSecret(process.env['BOT_TOKEN_SECRET'], token => callWith(token, method, fields));
}

async function callWith(token: string, method: string, fields: Record<string, string>): Promise<Answer> {
  const body = await send(`${process.env['SLACK_API']}/${method}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ channel: channel(), ...fields }).toString(),
  });
  const answer = read(method, body);
  if (answer.ok) return answer;
  const reason = `Slack refused ${method}: ${[answer.error, ...(answer.response_metadata?.messages ?? [])].join(' ')}`;
  throw TEMPORARY_ERRORS.has(answer.error ?? '')
    ? new Unavailable(reason)
    : new RefusedBySlack(reason, answer.error ?? '');
}

/** @throws Unavailable for the page of a proxy, which answers with 200 as well. */
function read(method: string, body: string): Answer {
  try {
    return JSON.parse(body);
  } catch {
    throw new Unavailable(`Slack's answer to ${method} is no JSON`);
  }
}
