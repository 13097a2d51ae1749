import type { Message } from 'embedded-aws';
import type { RehearsalWorld } from '../world/world.ts';
import type { OpenedPage } from './opened-pages.ts';

/** The people a text is written for. */
export const AUDIENCES = ['on-call', 'stakeholders', 'customers', 'reviewers', 'operations'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** A message, a page or a document, as its reader has it. */
export interface Written {
  audience: Audience;
  /** ISO 8601. */
  at: string;
  /** The way it came, e.g. `sms`, `status page`, `document`. */
  way: string;
  to: string;
  subject: string;
  body: string;
  form: 'text' | 'html' | 'json';
}

/** Everything that people were sent, could open or read in a rehearsal, in order of time; documents last. */
export function everythingWritten(world: RehearsalWorld, pages: readonly OpenedPage[]): Written[] {
  const texts = [...messages(world), ...pages.map(ofPage)];
  texts.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return [...texts, ...documents(world)];
}

/** Notices share a topic: the function that sends them tells who reads them. */
const NOTICES: Record<string, Audience> = {
  stakeholders: 'stakeholders',
  reviewers: 'reviewers',
  'runbook-review': 'reviewers',
  subscriptions: 'operations',
};

const audienceOf = ({ topic, by = '' }: Pick<Message, 'topic' | 'by'>): Audience =>
  topic.endsWith('Operations') ? 'operations' : topic.endsWith('Notices') ? (NOTICES[by] ?? 'on-call') : 'on-call';

function messages({ topics, vendors, mail, published }: RehearsalWorld): Written[] {
  const paged = topics.messages.map(({ channel: way, to, subject, body, at, ...sent }) => ({
    ...{ audience: audienceOf(sent), at, way, to, body, form: 'text' as const },
    // Telephones show no subject.
    subject: way === 'sms' ? '' : subject,
  }));
  const chat = vendors.received.map(({ channel: way, to, body, at }) => ({
    ...{ audience: 'on-call' as const, at, way, to, subject: '', body },
    form: way === 'pagerduty' ? ('json' as const) : ('text' as const),
  }));
  const mails = mail.mails.map(({ to, subject, body, at }) => ({
    ...{ audience: 'customers' as const, at, way: 'email', to, subject, body, form: 'text' as const },
  }));
  const updates = published
    .filter(({ via }) => via === 'status page')
    .map(({ at, via: way, incident, status, text: body }) => ({
      ...{ audience: 'customers' as const, at, way, to: 'everybody', subject: `${status}: ${incident}`, body },
      form: 'text' as const,
    }));
  return [...paged, ...chat, ...mails, ...updates];
}

const ofPage = ({ at, label, to, html }: OpenedPage): Written => ({
  ...{ audience: 'on-call', at, way: 'page', to, subject: `behind "${label}"`, body: html, form: 'html' },
});

/** A file that lies in a bucket at the end, for its readers. */
export interface Document {
  audience: Audience;
  key: string;
  content: string | Uint8Array;
}

export function documentsIn({ account, objects }: RehearsalWorld): Document[] {
  const read = (bucket: string, audience: Audience): Document[] => {
    const found = account.find('AWS::S3::Bucket', bucket);
    return (found ? objects.of(found.ref) : []).map(({ key, body: content = '' }) => ({ audience, key, content }));
  };
  return [...read('Reviews/Bucket', 'reviewers'), ...read('StatusPage/Bucket', 'customers')];
}

/** Files that are read as text, by their ending. */
const FORMS: Record<string, Written['form']> = {
  html: 'html',
  md: 'text',
  ics: 'text',
  atom: 'html',
  rss: 'html',
  json: 'json',
};

const documents = (world: RehearsalWorld): Written[] =>
  documentsIn(world).flatMap(({ audience, key, content }) => {
    const form = FORMS[key.split('.').at(-1) ?? ''];
    const body = typeof content === 'string' ? content : new TextDecoder().decode(content);
    return form && body
      ? [{ ...{ audience, at: world.clock.iso, way: 'document', to: 'everybody', subject: key }, body, form }]
      : [];
  });

/** The words of a text: without markup, and without addresses, which nobody reads aloud. */
export function wordsOf({ subject, body, form }: Pick<Written, 'subject' | 'body' | 'form'>): string {
  const words = form === 'json' ? stringsIn(JSON.parse(body)).join('\n') : form === 'html' ? withoutTags(body) : body;
  return `${subject}\n${words}`.replace(/https?:\/\/[^\s<>"]+/g, '');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

const withoutTags = (html: string) =>
  html
    .replace(/<(style|script|head)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(\w+|#39);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n');
