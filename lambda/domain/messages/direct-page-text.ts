import { gsm7Length, toGsm7 } from '../encoding/gsm7.ts';
import { type Render, renderMail } from '../kernel/templates.ts';
import { clockSince, dateTime } from '../kernel/time.ts';
import { type DirectPaging, isCritical, type RedAlarm } from '../on-call/direct-page.ts';
import { fitted, shortened } from './fitting.ts';
import { type PageText, shownHotline, smsExcess, subjectLine } from './page-text.ts';

/** The fields of the templates `messages/direct-page.txt` and `messages/direct-sms.txt`. */
export interface DirectPageFields {
  /** The service's title. */
  service: string;
  level: number;
  levels: number;
  /** Null when CloudWatch cannot be asked: then nobody knows what is red. */
  red: {
    /** When the first alarm turned red: with the date, and with the date only where that is not today's. */
    since: string;
    sinceClock: string;
    /** The longest red first, and how many more there are. */
    alarms: { critical: boolean; title: string; since: string; name: string }[];
    moreAlarms: number;
    /** The titles that an SMS has room for, and how many more there are. */
    titles: string[];
    more: number;
  } | null;
  remindMinutes: number;
  /** Null before the last level is called. */
  hotline: string | null;
  links: { label: string; url: string }[];
}

/** Characters of an alarm's title in an SMS. */
const TITLE_LENGTH = 60;

/** Alarms that a mail lists: what to do stands below them. */
const LISTED = 30;

/** Titles that are tried in an SMS. Each try writes it anew, and hundreds of alarms may be red at once. */
const TRIED = 20;

/**
 * Writes the page that a level gets while the incident store is away.
 *
 * @param now ISO 8601 in UTC
 */
export function writeDirectPage(
  render: Render,
  paging: DirectPaging,
  level: number,
  red: readonly RedAlarm[] | undefined,
  now: string,
): PageText {
  const fields = directPageFields(paging, level, red, now);
  const { subject, body } = renderMail(render, 'messages/direct-page.txt', fields);
  return { subject: subjectLine(subject), body, sms: shortest(render, fields) };
}

export function directPageFields(
  { title, region, levels, remindMinutes, hotline, dashboard }: DirectPaging,
  level: number,
  red: readonly RedAlarm[] | undefined,
  now: string,
): DirectPageFields {
  const longestFirst = red?.toSorted((a, b) => a.since.localeCompare(b.since)) ?? [];
  const critical = longestFirst.filter(isCritical);
  const [first] = critical;
  const listed = new Set([...critical, ...longestFirst].slice(0, LISTED));
  const titles = critical.slice(0, TRIED).map(alarm => shortened(toGsm7(alarm.title), TITLE_LENGTH));
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return {
    ...{ service: title, level, levels: levels.length, remindMinutes },
    red: first
      ? {
          ...{ since: dateTime(first.since), sinceClock: clockSince(now, first.since) },
          alarms: longestFirst
            .filter(alarm => listed.has(alarm))
            .map(alarm => ({
              ...{ critical: isCritical(alarm), title: alarm.title, name: alarm.name },
              since: dateTime(alarm.since),
            })),
          ...{ moreAlarms: longestFirst.length - listed.size, titles, more: critical.length - titles.length },
        }
      : null,
    hotline: level === levels.length ? (hotline ?? null) : null,
    links: [
      { label: 'Alarms that are red', url: `${console}#alarmsV2:?alarmStateFilter=ALARM` },
      { label: 'Dashboard', url: dashboard },
      { label: 'Health of AWS', url: 'https://health.aws.amazon.com/health/status' },
    ],
  };
}

/** The SMS names as many alarms as it has room for; of one alone the title is shortened, and never what the reader is to do. */
function shortest(render: Render, { red, hotline, ...fields }: DirectPageFields): string {
  const titles = red?.titles ?? [];
  const excess = (text: string) => smsExcess(fields.service, text);
  const write = (shown: readonly string[], service = fields.service) => {
    const named = red && { ...red, titles: shown, more: red.more + titles.length - shown.length };
    return toGsm7(
      render('messages/direct-sms.txt', { ...fields, service, red: named, hotline: shownHotline(hotline) }).trim(),
    );
  };
  for (let shown = titles.length; shown > 1; shown--) {
    const sms = write(titles.slice(0, shown));
    if (excess(sms) === 0) return sms;
  }
  return fitted(
    { title: toGsm7(titles[0] ?? ''), service: toGsm7(fields.service) },
    [
      ...([
        ['title', 30],
        ['service', 20],
      ] as const),
      ['title', 12],
    ],
    ({ title, service }) => write(titles.length > 0 ? [title] : [], service),
    { excess, lengthOf: gsm7Length },
  );
}
