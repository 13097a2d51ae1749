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
  /** The step to be approved or declined, or the file of the review to be read. */
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
  view: 'v',
  read: 'f',
};

/** Short enough for an SMS: `1a.20260131001.tq3k5s.YWRh.` and the MAC. */
export const LINK = tokenFormat<Link>({
  name: 'link',
  values: ({ action, incident, person, expires, step }) => [action, incident, person, expires, step ?? null],
  write: ({ action, incident, person, expires, step }) => [
    ...[LETTERS[action], incident.replace(/\D/g, ''), writeTime(expires), encode(person)],
    ...(step === undefined ? [] : [encode(step)]),
  ],
  read: fields => {
    const [letter = '', digits = '', time = '', person = '', step] = fields;
    const action = LINK_ACTIONS.find(name => letter === LETTERS[name]);
    const expires = readTime(time);
    if (!action || !/^\d{11,20}$/.test(digits) || expires === undefined || person === '' || step === '')
      return undefined;
    return {
      ...{ action, expires, person: decode(person) },
      incident: `INC-${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}-${digits.slice(8)}`,
      ...(step === undefined ? {} : { step: decode(step) }),
    };
  },
});
