import { base64url, bytesOf, decode, encode } from '../kernel/base64url.ts';

/** What a link lets its recipient do, once. `view` and `read` change nothing. */
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

/** What a link says: who may do what to which incident, and until when. */
export interface Link {
  action: LinkAction;
  /** `INC-YYYY-MM-DD-XXX`. */
  incident: string;
  /** By the name of the configuration. */
  person: string;
  /** Seconds since 1970; from then on it is worth nothing. */
  expires: number;
  /** The step to be approved or declined, or the file of the review to be read. */
  step?: string;
}

/** A link with its message authentication code, as it stands in a URL. */
export interface SignedLink extends Link {
  mac: Uint8Array;
}

const VERSION = '1';
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
const MAC_BYTES = 32;

/** What the code is computed over. As JSON, so that no two links read the same; with the service, so that none is good for another. */
export const canonicalLink = (service: string, { action, incident, person, expires, step }: Link): string =>
  JSON.stringify(['incident-response link', VERSION, service, action, incident, person, expires, step ?? null]);

/**
 * Short enough for an SMS, of letters, digits, `-`, `_` and `.` alone: mail programs and proxies leave those as they are.
 * `1a.20260131001.tq3k5s.YWRh.` and the code.
 */
export function formatLink({ action, incident, person, expires, step, mac }: SignedLink): string {
  const said = [VERSION + LETTERS[action], digits(incident), expires.toString(36), encode(person)];
  return [...said, ...(step === undefined ? [] : [encode(step)]), base64url(mac)].join('.');
}

/** The link that is written so, and in no other way: what differs in a character is another link, or none. */
export function parseLink(text: string): SignedLink | undefined {
  const parts = text.split('.');
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [kind = '', incident = '', expires = '', person = '', ...rest] = parts;
  const [mac = '', step] = rest.toReversed();
  const action = LINK_ACTIONS.find(name => kind === VERSION + LETTERS[name]);
  if (!action || !/^\d{11,20}$/.test(incident) || !/^[0-9a-z]{1,8}$/.test(expires)) return undefined;
  const link: SignedLink = {
    action,
    incident: `INC-${incident.slice(0, 4)}-${incident.slice(4, 6)}-${incident.slice(6, 8)}-${incident.slice(8)}`,
    person: decode(person),
    expires: Number.parseInt(expires, 36),
    ...(step === undefined ? {} : { step: decode(step) }),
    mac: bytesOf(mac),
  };
  const complete = link.mac.length === MAC_BYTES && link.person !== '' && link.step !== '';
  return complete && formatLink(link) === text ? link : undefined;
}

const digits = (incident: string) => incident.replace(/\D/g, '');
