import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';
import { isPersonName } from '../../lambda/domain/incident/person.ts';
import { RUNBOOK_ESCALATION } from '../../lambda/domain/incident/runbook-policy.ts';
import { LEVEL_MINUTES } from '../../lambda/domain/incident/service-policy.ts';
import { list, matching, object, text, whole } from './fields.ts';
import { LONGEST } from './most.ts';

const Name = v.pipe(
  matching(/^[a-z][a-z0-9-]{0,30}$/, 'a name of lower-case letters, digits and hyphens, such as ada'),
  v.check(isPersonName, 'a name that the responder does not use for itself'),
);

/** Somebody, or a mailbox that several read: an e-mail address, a telephone, or both. */
const Person = v.pipe(
  object({
    email: v.optional(
      v.pipe(
        v.string(),
        v.email('an e-mail address such as name@example.com'),
        v.maxLength(LONGEST.email, `an e-mail address of at most ${LONGEST.email} characters`),
      ),
    ),
    sms: v.optional(matching(/^\+[1-9]\d{6,14}$/, 'a telephone number such as +15555550100 (E.164)')),
  }),
  v.check(({ email, sms }) => Boolean(email ?? sms), 'an e-mail address (email), a telephone number (sms), or both'),
);

/** Everybody whom the responder knows, by the name that timeline, links and rotations have for them. */
export const People = v.record(
  Name,
  Person,
  "people by name, { ada: { email: 'ada@example.com', sms: '+15555550100' } }",
);

const names = (expected: string) =>
  v.pipe(
    list(v.string('the name of a person'), expected),
    v.check(people => new Set(people).size === people.length, 'each person once'),
  );

const parses = (parse: (text: string) => unknown, expected: string) =>
  v.check<string, string>(text => {
    try {
      return Boolean(parse(text));
    } catch {
      return false;
    }
  }, expected);

const time = v.pipe(
  matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'a time such as 2026-01-31T18:00, on the clocks of the time zone'),
  parses(Temporal.PlainDateTime.from, 'a time that exists, such as 2026-01-31T18:00'),
);

/** People take turns weekly, in the order of the level's people: see `lambda/domain/on-call/roster.ts`. */
const Rotation = object({
  timeZone: v.pipe(
    matching(/^(UTC|[A-Z]\w+(\/[\w+-]+)+)$/, 'a time zone such as Europe/Berlin'),
    parses(
      timeZone => new Intl.DateTimeFormat('en', { timeZone }),
      'a time zone of the IANA database, such as Europe/Berlin',
    ),
  ),
  /** A day on which the first of them began: its weekday is that of every hand-over. */
  since: v.pipe(
    matching(/^\d{4}-\d\d-\d\d$/, 'a day such as 2026-01-05'),
    parses(Temporal.PlainDate.from, 'a day that exists, such as 2026-01-05'),
  ),
  /** The hour of every hand-over. */
  at: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 09:00'),
  /** Somebody else for a while; the last that holds counts. */
  overrides: v.optional(
    v.array(
      v.pipe(
        object({ person: v.string('the name of a person'), from: time, to: time }),
        v.check(({ from, to }) => from < to, 'a time from that is before to'),
      ),
      'a list of overrides',
    ),
    [],
  ),
});

export const Escalation = list(
  object({
    role: text('the role that is called', LONGEST.role),
    afterMinutes: whole(0, 1440),
    /** Called all at once, or, with a rotation, one at a time. */
    people: names('at least one person: a level nobody is on cannot be escalated to'),
    rotation: v.optional(Rotation),
  }),
  'at least one escalation level',
);

/** The people who are notified of trouble in the responder itself: dead letters, a silent watch. */
export const Operations = names('at least one person');

/** The people who read reviews, besides the commander, whoever acted on the incident, and the engineering manager of the escalation path. */
export const Reviewers = v.optional(names('at least one person'));

/** The people who are notified by e-mail: of updates of an incident, or of a review that they may come to. */
export const Stakeholders = v.optional(names('at least one person'));

type Level = v.InferOutput<typeof Escalation>[number];

interface Called {
  people: v.InferOutput<typeof People>;
  escalation: Level[];
  operations: string[];
  reviewers?: string[] | undefined;
  reviewGuests?: string[] | undefined;
  stakeholders?: string[] | undefined;
  hotline?: string | undefined;
  pagerduty?: unknown;
  opsgenie?: unknown;
}

/** Everybody who may be called at a level. */
export const onLevel = ({ people, rotation }: Level): string[] => [
  ...new Set([...people, ...(rotation?.overrides ?? []).map(({ person }) => person)]),
];

/** The engineering manager of the escalation path is one of the reviewers (the runbook's 4.2). */
const MANAGER = /engineering manager/i;

/** Names the people who read reviews, by configuration and by role, each once. */
export function reviewersOf({ people, escalation, reviewers = [] }: Called): string[] {
  const managers = escalation.filter(({ role }) => MANAGER.test(role)).flatMap(onLevel);
  return [...new Set([...reviewers, ...managers.filter(name => people[name]?.email)])];
}

type Fault = { path: (string | number)[]; message: string };

/** Finds what is wrong between people and levels, though each is right by itself. */
export function faultsOfPeople({ people, escalation, operations, ...others }: Called): Fault[] {
  const known = Object.keys(people);
  const unknown = (name: string, ...path: Fault['path']): Fault[] =>
    known.includes(name) ? [] : [{ path, message: `one of people: ${known.join(', ')}` }];
  const [first] = escalation;
  return [
    ...sharedAddresses(people),
    ...ownNumber(people, others.hotline),
    ...escalation.flatMap((level, i) => [
      ...order(escalation, i),
      ...level.people.flatMap((name, j) => unknown(name, 'escalation', i, 'people', j)),
      ...(level.rotation?.overrides ?? []).flatMap(({ person }, j) =>
        unknown(person, 'escalation', i, 'rotation', 'overrides', j, 'person'),
      ),
    ]),
    ...operations.flatMap((name, i) => unknown(name, 'operations', i)),
    ...(['reviewers', 'reviewGuests', 'stakeholders'] as const).flatMap(field =>
      (others[field] ?? []).flatMap((name, i) => [
        ...unknown(name, field, i),
        ...(people[name] && !people[name].email
          ? [{ path: ['people', name, 'email'], message: `an e-mail address: ${name} is one of ${field}` }]
          : []),
      ]),
    ),
    ...(first && !others.pagerduty && !others.opsgenie ? wakesNobody(people, first) : []),
  ];
}

function order(levels: Level[], i: number): Fault[] {
  const before = levels[i - 1]?.afterMinutes;
  const afterMinutes = levels[i]?.afterMinutes ?? 0;
  if (before === undefined ? afterMinutes === 0 : afterMinutes >= before + LEVEL_MINUTES) return [];
  const message =
    before === undefined
      ? '0: the first level is called at once'
      : `${before + LEVEL_MINUTES} or more: the level before has ${LEVEL_MINUTES} minutes to answer`;
  return [{ path: ['escalation', i, 'afterMinutes'], message }];
}

/** A topic has one subscription an address, which is one person's. */
function sharedAddresses(people: Called['people']): Fault[] {
  const owners = new Map<string, string>();
  return Object.entries(people).flatMap(([name, addresses]) =>
    (['email', 'sms'] as const).flatMap(kind => {
      const address = addresses[kind]?.toLowerCase();
      const owner = address && owners.get(address);
      if (address && !owner) owners.set(address, name);
      return owner ? [{ path: ['people', name, kind], message: `an address that is not also that of ${owner}` }] : [];
    }),
  );
}

/** The e-mail addresses of people by their names. */
export const addressesOf = ({ people }: Pick<Called, 'people'>): Record<string, string> =>
  Object.fromEntries(Object.entries(people).flatMap(([name, { email }]) => (email ? [[name, email]] : [])));

/** Everybody who reads the runbook may call the hotline, so it must be nobody's own number. */
function ownNumber(people: Called['people'], hotline: string | undefined): Fault[] {
  const digits = (number = '') => number.replace(/\D/g, '');
  const owner = Object.keys(people).find(name => people[name]?.sms && digits(people[name].sms) === digits(hotline));
  return owner ? [{ path: ['hotline'], message: `a number that is not ${owner}'s own: the runbook tells it` }] : [];
}

/** An e-mail wakes nobody. Who is called alone needs a telephone, unless another system rings theirs. */
function wakesNobody(people: Called['people'], level: Level): Fault[] {
  const asleep = onLevel(level).filter(name => people[name] && !people[name].sms);
  const [one] = level.rotation ? asleep : asleep.length === onLevel(level).length ? asleep : [];
  const message = 'a telephone number (sms), or PagerDuty or Opsgenie: an e-mail wakes nobody of the first level';
  return one ? [{ path: ['people', one, 'sms'], message }] : [];
}

/** The roles and times of the runbook's escalation path, each with those given who are called, in order. */
export function runbookEscalation(...levels: Pick<v.InferInput<typeof Escalation>[number], 'people' | 'rotation'>[]) {
  return RUNBOOK_ESCALATION.map(({ role, afterMinutes }, i) => ({
    ...{ role, afterMinutes },
    ...(levels[i] ?? { people: [] }),
  }));
}
