import { createHmac } from 'node:crypto';
import type { Answered, Asked, Surroundings, Vendor } from './vendor.ts';

// biome-ignore lint/suspicious/noExplicitAny: blocks as they were sent
export type Block = Record<string, any>;

export interface SlackMessage {
  ts: string;
  /** `tombstone` stands for a message that was deleted and has replies. */
  subtype?: string;
  thread_ts?: string;
  text: string;
  blocks: Block[];
  metadata: { event_type: string; event_payload: Record<string, unknown> };
  edited: number;
}

const HOOKS = 'https://hooks.slack.com';

/** Slack's Web API, one channel of it, and the buttons pressed there. */
export class Slack implements Vendor {
  readonly host = 'slack.com';
  readonly aliases = ['hooks.slack.com'];
  readonly messages: SlackMessage[] = [];
  /** Answers to buttons, which only the person who pressed one sees. */
  readonly whispers: string[] = [];
  private readonly world: Surroundings;
  private readonly channel: string;
  private readonly token: string;
  private posted = 0;

  constructor(world: Surroundings, { channel, token }: { channel: string; token: string }) {
    this.world = world;
    this.channel = channel;
    this.token = token;
  }

  answer({ method, path, headers, body }: Asked): Answered {
    if (path.startsWith('/actions/')) {
      this.whispers.push(JSON.parse(body).text);
      return { status: 200, body: 'ok' };
    }
    const fields = Object.fromEntries(new URLSearchParams(body));
    const ok = (answer: object) => ({ status: 200, body: { ok: true, ...answer } });
    const error = (error: string, ...messages: string[]) => ({
      status: 200,
      body: { ok: false, error, response_metadata: { messages } },
    });
    if (method !== 'POST') return error('invalid_post_type');
    if (headers['authorization'] !== `Bearer ${this.token}`) return error('invalid_auth');
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return error('invalid_post_type');
    if (fields['channel'] !== this.channel) return error('channel_not_found');
    switch (path.replace('/api/', '')) {
      case 'chat.postMessage': {
        const wrong = faultsOf(fields);
        if (wrong) return error(wrong);
        if (fields['thread_ts'] && !this.find(fields['thread_ts'])) return error('thread_not_found');
        return ok({ channel: this.channel, ts: this.add(fields).ts });
      }
      case 'chat.update': {
        const message = this.find(fields['ts']);
        const wrong = message && !message.subtype ? faultsOf(fields) : 'message_not_found';
        if (wrong || !message) return error(wrong ?? '');
        Object.assign(message, contentOf(fields), { edited: message.edited + 1 });
        this.world.emit?.('slack', { text: message.text, change: true });
        return ok({ channel: this.channel, ts: message.ts });
      }
      case 'chat.getPermalink':
        return this.find(fields['message_ts'])
          ? ok({
              permalink: `https://mockupaws.slack.com/archives/${this.channel}/p${fields['message_ts']?.replace('.', '')}`,
            })
          : error('message_not_found');
      case 'conversations.history':
        return ok(
          this.page(this.messages.filter(m => !m.thread_ts && m.ts >= (fields['oldest'] ?? '')).reverse(), fields),
        );
      case 'conversations.replies':
        if (!this.find(fields['ts'])) return error('thread_not_found');
        return ok(
          this.page(
            this.messages.filter(m => m.ts === fields['ts'] || m.thread_ts === fields['ts']),
            fields,
          ),
        );
      default:
        return error('unknown_method');
    }
  }

  /** Somebody deletes a message. In the place of one that has replies a tombstone stays. */
  delete(ts: string): void {
    const at = this.messages.findIndex(message => message.ts === ts);
    const [message] = this.messages.splice(at, 1);
    if (message && this.messages.some(({ thread_ts }) => thread_ts === ts))
      this.messages.splice(at, 0, {
        ...{ ts, subtype: 'tombstone', text: 'This message was deleted.', blocks: [], edited: 0 },
        metadata: { event_type: '', event_payload: {} },
      });
  }

  /** Slack sends this when somebody presses a button of the first message. */
  press(
    secret: string,
    button: string,
    { user = 'U0123456789', at = this.world.now(), team = 'T0123456789', channel = this.channel, hooks = HOOKS } = {},
  ) {
    const [head] = this.messages;
    const element = head?.blocks
      .flatMap(block => block['elements'] ?? [])
      .find(({ action_id }) => action_id === button);
    if (!element) throw new Error(`there is no button ${button}`);
    const action = { ...element, action_ts: (at / 1000).toFixed(6) };
    const payload = {
      ...{ type: 'block_actions', team: { id: team }, channel: { id: channel }, user: { id: user, team_id: team } },
      container: { type: 'message', message_ts: head?.ts, channel_id: channel },
      ...{ response_url: `${hooks}/actions/T0/1/abc`, trigger_id: '1.2.3', actions: [action] },
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return { method: 'POST', body, headers: signed(secret, body, at) };
  }

  private find(ts: string | undefined): SlackMessage | undefined {
    return this.messages.find(message => message.ts === ts);
  }

  private add(fields: Record<string, string>): SlackMessage {
    const ts = `${Math.floor(this.world.now() / 1000)}.${String(this.posted++).padStart(6, '0')}`;
    const thread = fields['thread_ts'] ? { thread_ts: fields['thread_ts'] } : {};
    const message = { ts, ...thread, ...contentOf(fields), edited: 0 };
    this.messages.push(message);
    this.world.emit?.('slack', { text: message.text });
    return message;
  }

  private page(
    messages: SlackMessage[],
    { cursor = '0', limit = '100', include_all_metadata }: Record<string, string>,
  ) {
    const [from, most] = [Number(cursor), Number(limit)];
    const page = messages.slice(from, from + most).map(message => ({
      ...message,
      ...(include_all_metadata === 'true' ? {} : { metadata: undefined }),
    }));
    const next = from + most < messages.length ? String(from + most) : '';
    return { messages: page, has_more: next !== '', response_metadata: { next_cursor: next } };
  }
}

export function signed(secret: string, body: string, at: number): Record<string, string> {
  const seconds = Math.floor(at / 1000);
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': `v0=${signature}`,
  };
}

const contentOf = (fields: Record<string, string>) => ({
  text: fields['text'] ?? '',
  blocks: JSON.parse(fields['blocks'] ?? '[]') as Block[],
  metadata: JSON.parse(fields['metadata'] ?? '{"event_type":"","event_payload":{}}'),
});

/** By the limits that the reference of Block Kit and of chat.postMessage gives. */
function faultsOf(fields: Record<string, string>): string | undefined {
  const { text, blocks, metadata } = contentOf(fields);
  if (!text && blocks.length === 0) return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  if (typeof metadata.event_type !== 'string' || typeof metadata.event_payload !== 'object')
    return 'invalid_metadata_format';
  return blocks.length <= 50 && blocks.every(isBlock) ? undefined : 'invalid_blocks';
}

function isBlock({ type, text, fields, elements }: Block): boolean {
  if (type === 'header') return isText(text, 150, 'plain_text');
  if (type === 'section')
    return text
      ? isText(text, 3000)
      : fields?.length > 0 && fields.length <= 10 && fields.every((field: Block) => isText(field, 2000));
  return type === 'actions' && elements.length > 0 && elements.length <= 25 && elements.every(isButton);
}

const isButton = ({ type, text, action_id, value, style = 'primary', confirm }: Block) =>
  type === 'button' &&
  isText(text, 75, 'plain_text') &&
  action_id.length <= 255 &&
  value.length <= 2000 &&
  ['primary', 'danger'].includes(style) &&
  (!confirm ||
    (isText(confirm.title, 100, 'plain_text') &&
      isText(confirm.text, 300, 'plain_text') &&
      isText(confirm.confirm, 30, 'plain_text') &&
      isText(confirm.deny, 30, 'plain_text')));

const isText = (text: Block | undefined, most: number, type?: string) =>
  ['plain_text', 'mrkdwn'].includes(text?.['type']) &&
  (!type || text?.['type'] === type) &&
  text?.['text'].length > 0 &&
  text?.['text'].length <= most;

/** A message's blocks as one text in Slack's own markup, its buttons in brackets; without blocks, its text. */
export const asText = ({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): string =>
  blocks.length > 0 ? blocks.map(blockAsText).join('\n\n') : text;

function blockAsText({ text, fields, elements }: Block): string {
  if (elements) return elements.map((button: Block) => `[${button['text'].text}]`).join(' ');
  const texts: Block[] = text ? [text] : fields;
  // Plain text has no markup: as if it had, it reads the same.
  return texts.map(part => (part['type'] === 'mrkdwn' ? part['text'] : escaped(part['text']))).join('\n');
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
