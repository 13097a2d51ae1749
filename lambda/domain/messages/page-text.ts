import { type Mail, type Render, renderMail } from '../kernel/templates.ts';
import type { PageFields } from './page.ts';

/** A page as one person gets it. */
export interface PageText extends Mail {
  /** At most 160 characters, one SMS, and below them the link for the one answer that is asked for. */
  sms: string;
}

/** How its reader can answer. */
export interface Answers {
  /** A line each. */
  lines: string[];
  link: { label: string; url: string } | null;
}

/** SNS takes fewer than 100 characters. */
const SUBJECT = 99;
const SMS = 160;
/** A longer number would leave too little room for what is the matter: the e-mail has it. */
const HOTLINE = 30;

/** Writes a page by its templates, which may be changed: what SNS and telephones demand of it is seen to here. */
export function writePage(render: Render, fields: PageFields, { lines, link }: Answers): PageText {
  const { subject, body } = renderMail(render, 'messages/page.txt', { ...fields, answers: lines });
  const sms = inOneSms(fields, shorter => render('messages/sms.txt', shorter).trim());
  return { subject: subjectLine(subject), body, sms: link ? `${sms}\n${link.label}: ${link.url}` : sms };
}

/** As SNS takes it. */
export const subjectLine = (subject: string) => cut(plain(subject), SUBJECT);

/** What is said gives way first, then what the trouble and the service are called: never which incident it is. */
function inOneSms(fields: PageFields, write: (fields: PageFields) => string): string {
  let { title, short, service } = fields;
  const { hotline } = fields;
  const number = hotline && hotline.length <= HOTLINE ? hotline : null;
  const written = () => plain(write({ ...fields, title, short, service, hotline: number }));
  const over = () => Math.max(0, written().length - SMS);
  short = shortened(short, over());
  title = shortened(title, over());
  service = shortened(service, over());
  return cut(written(), SMS);
}

const shortened = (text: string, by: number) => (by === 0 ? text : cut(plain(text), Math.max(3, text.length - by)));

/** SNS refuses subjects that are not ASCII; an SMS beyond GSM's letters costs twice. */
const plain = (text: string) =>
  text
    .replace(/[–—]/g, '-')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?');

const cut = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 3)}...`);
