import { Refused, send, Unavailable } from '../../adapters/http.ts';
import { readSecret } from '../../adapters/secrets.ts';
import type { Post } from '../../domain/messages/chat.ts';

/** A message of Slack, as far as it is read back. */
interface Message {
  ts: string;
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

/** What Slack says with a status of 200 when it has trouble of its own. */
const TROUBLE = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited']);

const channel = () => process.env['SLACK_CHANNEL'] ?? '';

/** The most messages that one call gives. */
const MOST = 200;

/** Finds the message that begins an incident's thread, posted since a time; undefined when there is none. */
export async function findThread(incident: string, since: string): Promise<string | undefined> {
  const oldest = String(Math.floor(Date.parse(since) / 1000) - 60);
  const messages = await all('conversations.history', { oldest });
  return messages.find(
    ({ metadata }) => metadata?.event_type === 'incident' && metadata.event_payload['id'] === incident,
  )?.ts;
}

/** What a thread says of itself: the entry it begins with stands for, and the entries told below it. */
export async function readThread(ts: string): Promise<{ shows: number; told: Set<number> }> {
  const messages = await all('conversations.replies', { ts });
  const seqs = (type: string) =>
    messages.flatMap(({ metadata }) => (metadata?.event_type === type ? [Number(metadata.event_payload['seq'])] : []));
  return { shows: seqs('incident')[0] ?? -1, told: new Set(seqs('incident_entry')) };
}

/** Posts a message, in a thread or to begin one, and gives its timestamp, which is its name. */
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

/** Tells one person alone, in answer to what they pressed. */
export async function whisper(responseUrl: string, text: string): Promise<void> {
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  await send(responseUrl, { headers: { 'content-type': 'application/json' }, body, seconds: 0.8 });
}

const asFields = ({ text, blocks, metadata }: Post) => ({
  text,
  ...(blocks ? { blocks: JSON.stringify(blocks) } : {}),
  metadata: JSON.stringify(metadata),
  unfurl_links: 'false',
});

async function all(method: string, fields: Record<string, string>): Promise<Message[]> {
  const found: Message[] = [];
  for (let cursor = ''; ; ) {
    const page = { ...fields, include_all_metadata: 'true', limit: String(MOST), ...(cursor ? { cursor } : {}) };
    const { messages = [], response_metadata } = await call(method, page);
    found.push(...messages);
    cursor = response_metadata?.next_cursor ?? '';
    if (!cursor) return found;
  }
}

async function call(method: string, fields: Record<string, string>): Promise<Answer> {
  const token = await readSecret(process.env['BOT_TOKEN_SECRET']);
  const body = await send(`${process.env['SLACK_API']}/${method}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ channel: channel(), ...fields }).toString(),
  });
  const answer: Answer = JSON.parse(body);
  if (answer.ok) return answer;
  const said = `Slack refused ${method}: ${[answer.error, ...(answer.response_metadata?.messages ?? [])].join(' ')}`;
  throw TROUBLE.has(answer.error ?? '') ? new Unavailable(said) : new Refused(said);
}
