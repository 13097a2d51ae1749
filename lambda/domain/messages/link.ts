import { decode, encode } from '../kernel/base64url.ts';
import { readTime, type Signed, tokenFormat, writeTime } from '../kernel/signed-token.ts';

/** The one action that a link lets its recipient take, once. `view` and `read` change nothing. */
export const LINK_ACTIONS = [
  'acknowledge',
  'approve',
  'decline',
  'publish',
  'withhold',
  'resolve',
  'command',
  'note',
  'severity',
  'merge',
  'maintain',
  'unmaintain',
  'view',
  'read',
] as const;
export type LinkAction = (typeof LINK_ACTIONS)[number];

/** A link in a message: who may do what to which incident, and until when. */
export interface Link {
  action: LinkAction;
  /** `INC-YYYY-MM-DD-XXX`. */
  incident: string;
  /** The person's name in the configuration. */
  person: string;
  /** Seconds since 1970; from then on the link is refused. */
  expires: number;
  /**
   * The step to be approved or declined; the file of the review to be read; or, of a link on a page, the number of events before it,
   * so that each can be used once and the next page has another.
   */
  step?: string;
}

export type SignedLink = Signed<Link>;

const LETTERS: Record<LinkAction, string> = {
  acknowledge: 'a',
  approve: 'y',
  decline: 'n',
  publish: 'p',
  withhold: 'w',
  resolve: 'r',
  command: 'c',
  note: 'o',
  severity: 's',
  merge: 'm',
  maintain: 'b',
  unmaintain: 'e',
  view: 'v',
  read: 'f',
};

/** Names as configurations have them stand in a link as they are; all others are encoded, behind a character that no name begins with. */
const PLAIN = /^[a-z][a-z0-9-]*$/;
const writeName = (name: string) => (PLAIN.test(name) ? name : `_${encode(name)}`);

/** Undefined for what is no name's only spelling. */
function readName(text: string): string | undefined {
  const name = text.startsWith('_') ? decode(text.slice(1)) : text;
  return name !== '' && writeName(name) === text ? name : undefined;
}

/** Short enough for an SMS: `1a.20260131001.tq3k5s.ada.` and the MAC. */
export const LINK = tokenFormat<Link>({
  name: 'link',
  values: ({ action, incident, person, expires, step }) => [action, incident, person, expires, step ?? null],
  write: ({ action, incident, person, expires, step }) => [
    ...[LETTERS[action], incident.replace(/\D/g, ''), writeTime(expires), writeName(person)],
    ...(step === undefined ? [] : [writeName(step)]),
  ],
  read: fields => {
    const [letter = '', digits = '', time = '', ...names] = fields;
    const action = LINK_ACTIONS.find(name => letter === LETTERS[name]);
    const expires = readTime(time);
    const [person, step] = names.map(readName);
    if (!action || !/^\d{11,20}$/.test(digits) || expires === undefined || person === undefined) return undefined;
    if (names.length > 2 || (names.length === 2 && step === undefined)) return undefined;
    return {
      ...{ action, expires, person },
      incident: `INC-${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}-${digits.slice(8)}`,
      ...(step === undefined ? {} : { step }),
    };
  },
});
