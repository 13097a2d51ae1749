import { sizeOf } from '../incident/bounds.ts';
import { type Mail, type Render, renderMail } from '../kernel/templates.ts';
import { truncated } from '../kernel/text.ts';
import type { PageFields } from './page-fields.ts';

/** The text of a page to one person. */
export interface PageText extends Mail {
  /** At most 160 characters with what SNS puts before them, one SMS, and below them the link to the requested answer. */
  sms: string;
}

/** The ways in which the reader can answer. */
export interface Answers {
  /** One way a line. */
  lines: string[];
  link: { label: string; url: string } | null;
}

/** SNS accepts subjects of fewer than 100 characters. */
const SUBJECT_LENGTH = 99;
const SMS_LENGTH = 160;
const SENDER_LENGTH = 20;
/** A longer hotline number would leave too little room for the headline; the e-mail has it in full. */
const HOTLINE_LENGTH = 30;

/** The display name of a service's topics: the sender of its e-mails, which SNS also puts before every SMS. */
export const senderOf = (title: string): string => cut(plain(title), SENDER_LENGTH);

/** Writes a page by its templates. Users may change these, so the limits of SNS and SMS are enforced here. */
export function writePage(render: Render, fields: PageFields, { lines, link }: Answers): PageText {
  const { subject, body } = renderMail(render, 'messages/page.txt', { ...fields, answers: lines });
  const sms = inOneSms(fields, shorter => render('messages/sms.txt', shorter).trim());
  return { subject: subjectLine(subject), body, sms: link ? `${sms}\n${link.label}: ${link.url}` : sms };
}

/** Bytes of a mail's text as JSON: SNS takes 256 KB, with subject, SMS and attributes. */
const MAIL_BYTES = 200_000;

/** The beginning of a mail's text that SNS takes. Users write the templates, and what they list may be long. */
export function mailBody(text: string): string {
  let body = text;
  while (sizeOf(body) > MAIL_BYTES) body = truncated(body, Math.floor(body.length * 0.9));
  return body;
}

/** The subject within the limits of SNS: ASCII, fewer than 100 characters. */
export const subjectLine = (subject: string) => cut(plain(subject), SUBJECT_LENGTH);

/** Shortens the headline first, then the titles of incident and service, and never the incident's id. */
function inOneSms(fields: PageFields, write: (fields: PageFields) => string): string {
  let { title, short, service } = fields;
  const { hotline } = fields;
  const number = hotline && hotline.length <= HOTLINE_LENGTH ? hotline : null;
  const written = () => plain(write({ ...fields, title, short, service, hotline: number }));
  const room = SMS_LENGTH - `${senderOf(fields.service)}> `.length;
  const excess = () => Math.max(0, written().length - room);
  short = shortened(short, excess());
  title = shortened(title, excess());
  service = shortened(service, excess());
  return cut(written(), room);
}

const shortened = (text: string, by: number) => (by === 0 ? text : cut(plain(text), Math.max(3, text.length - by)));

/** SNS refuses subjects that are not ASCII, and an SMS with characters beyond GSM-7 costs twice. */
export const plain = (text: string) =>
  text
    .replace(/[–—]/g, '-')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?');

export const cut = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 3)}...`);
