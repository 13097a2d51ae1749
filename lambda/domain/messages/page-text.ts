import { gsm7Length, gsm7Segments, toGsm7 } from '../encoding/gsm7.ts';
import { asciiLine, mailText } from '../encoding/mail.ts';
import { sizeOf } from '../incident/bounds.ts';
import { type Mail, type Render, renderMail } from '../kernel/templates.ts';
import { truncated } from '../kernel/text.ts';
import { fitted, shortened } from './fitting.ts';
import type { InternalNotification } from './internal-notification.ts';
import type { PageFields } from './page-fields.ts';
import type { SmsFields } from './sms-fields.ts';

/** The text of a page to one person. */
export interface PageText extends Mail {
  /** In the alphabet of SMS: two segments, with what SNS puts before them, and the link to the requested answer at the end. */
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
/** The segments that an SMS may have, and the characters of the alphabet that they hold. */
const SEGMENTS = 2;
const SEGMENTS_LENGTH = 306;
const SENDER_LENGTH = 20;
/** A longer hotline number would leave too little room in an SMS for the rest; the e-mail has it in full. */
const HOTLINE_LENGTH = 30;

/** The display name of a service's topics: the sender of its e-mails, which SNS also puts before every SMS. */
export const senderOf = (title: string): string => cut(asciiLine(title), SENDER_LENGTH);

/** Writes a page by its templates. Users may change these, so the limits of SNS and SMS are enforced here. */
export function writePage(render: Render, fields: PageFields & SmsFields, { lines, link }: Answers): PageText {
  const { subject, body } = renderMail(render, 'messages/page.txt', { ...fields, answers: lines });
  const answer = link?.url ?? lines.at(-1) ?? '';
  return {
    subject: subjectLine(subject),
    body,
    sms: smsOf(fields, answer, shorter => render('messages/sms.txt', shorter)),
  };
}

/** Shortened as far as they still say something, then further. The sender before the SMS names the service too. */
const SHORTENED = [
  ...([
    ['state', 60],
    ['service', 20],
    ['title', 30],
  ] as const),
  ...([
    ['state', 30],
    ['title', 15],
    ['state', 12],
    ['service', 12],
    ['title', 12],
  ] as const),
] as const;

/** The number of the hotline as far as an SMS has room for it. */
export const shownHotline = (hotline: string | null): string | null =>
  hotline !== null && hotline.length <= HOTLINE_LENGTH ? hotline : null;

/** Characters by which an SMS, with the sender before it, is too long; 0 if it fits. */
export function smsExcess(service: string, sms: string): number {
  const whole = `${senderOf(service)}> ${sms}`;
  return gsm7Segments(whole) <= SEGMENTS ? 0 : Math.max(1, gsm7Length(whole) - SEGMENTS_LENGTH);
}

/**
 * Shortens the state first, then the titles of incident and service, then leaves out the hotline; the severity at the beginning, the
 * deadline and the answer at the end are never cut.
 */
function smsOf(
  fields: PageFields & SmsFields,
  answer: string,
  write: (fields: PageFields & SmsFields) => string,
): string {
  const { title, state, service, hotline, deadline } = fields;
  const number = shownHotline(hotline);
  const whole = (text: string) => `${text}\n${answer}`;
  const excess = (text: string) => smsExcess(service, whole(text));
  const spelled = { ...fields, title: toGsm7(title), state: toGsm7(state), service: toGsm7(service) };
  for (const shown of [...new Set([number, null])]) {
    const text = fitted(
      { ...spelled, hotline: shown },
      SHORTENED,
      shorter => toGsm7(write(shorter).trim()).replace(/\.{4,}/g, '...'),
      { excess, lengthOf: gsm7Length },
    );
    if (excess(text) === 0) return whole(text);
  }
  // A template of somebody's own, with many words: its beginning, and what must not be cut.
  const end = deadline ? ` ${deadline}` : '';
  const text = toGsm7(write(spelled).trim());
  let room = gsm7Length(text);
  while (room > 3 && excess(shortened(text, room, gsm7Length) + end) > 0) room--;
  return whole(shortened(text, room, gsm7Length) + end);
}

const UPDATE = 'messages/internal-notification.txt';

/** Writes an update for stakeholders. In a subject that is too long the titles are shortened: the status behind them is not cut. */
export function writeUpdate(render: Render, fields: InternalNotification): Mail {
  const { body } = renderMail(render, UPDATE, fields);
  const subject = fitted(
    { ...fields, title: asciiLine(fields.title), service: asciiLine(fields.service) },
    [
      ...([
        ['title', 30],
        ['service', 20],
      ] as const),
      ['title', 12],
    ],
    shorter => asciiLine(renderMail(render, UPDATE, shorter).subject),
    { excess: text => Math.max(0, text.length - SUBJECT_LENGTH) },
  );
  return { subject: subjectLine(subject), body };
}

/** Bytes of a mail's text as JSON: SNS takes 256 KB, with subject, SMS and attributes. */
const MAIL_BYTES = 200_000;

/** The beginning of a mail's text that SNS takes. Users write the templates, and what they list may be long. */
export function mailBody(text: string): string {
  let body = mailText(text);
  while (sizeOf(body) > MAIL_BYTES) body = truncated(body, Math.floor(body.length * 0.9));
  return body;
}

/** The subject within the limits of SNS: ASCII, fewer than 100 characters. */
export const subjectLine = (subject: string) => cut(asciiLine(subject), SUBJECT_LENGTH);

const cut = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 3)}...`);
