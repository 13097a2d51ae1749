import type { Entry } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';
import { outages, switchedOff, widened, windows } from '../obstacles.ts';
import { type TroubleName, troubleNamed } from '../troubles.ts';
import {
  endOf,
  entriesOf,
  isWithin,
  MINUTE,
  millis,
  minuteOf,
  overlaps,
  type Property,
  type Span,
} from './property.ts';

/** A minute in which the watch stops what runs, and seconds of the calls that are on their way. */
const STOPPED_AFTER = 1.5;

/** The remedies of a certificate touch neither tasks nor database, and their incident has a slot of its own. */
const OF_CERTIFICATES = /restore-validation-records|request-replacement|update-certificate/;

const acts = ({ parameters }: { parameters: Record<string, string[]> }) => parameters['DryRun']?.[0] !== 'true';

export const ONE_AT_ONCE: Property = {
  name: 'no two runbooks act on the service at once',
  violations: chronicle => {
    const ours = chronicle.runs.filter(run => acts(run) && !OF_CERTIFICATES.test(run.name));
    const runs = ours.map(({ name, startedAt, endedAt }) => ({
      name,
      from: millis(startedAt),
      to: millis(endedAt ?? chronicle.ended),
    }));
    return runs.flatMap((run, i) =>
      runs
        .slice(i + 1)
        .filter(other => overlaps(run, other))
        .map(
          other =>
            `${run.name} at ${minuteOf(chronicle, run.from)} and ${other.name} at ${minuteOf(chronicle, other.from)}`,
        ),
    );
  },
};

export const ONE_RESPONSE: Property = {
  name: 'no two incidents have a step of theirs under way at once',
  violations: chronicle => {
    const steps = entriesOf(chronicle, 'StepStarted')
      .filter(({ entry }) => !entry['dryRun'] && !OF_CERTIFICATES.test(entry['document']))
      .map(({ incident, entry }) => {
        const ends = incident.timeline.find(
          ({ type, seq, run }) =>
            seq > entry.seq && run === entry['run'] && /^Step(Succeeded|Failed)|ExecutionStopped/.test(type),
        );
        return { id: incident.id, step: entry['step'], from: millis(entry.at), to: millis(ends?.at ?? entry.at) };
      });
    return steps.flatMap((one, i) =>
      steps
        .slice(i + 1)
        .filter(other => other.id !== one.id && overlaps(one, other))
        .map(other => `${one.id} ${one.step} and ${other.id} ${other.step} at ${minuteOf(chronicle, other.from)}`),
    );
  },
};

const changesWithin = (chronicle: Chronicle, spans: { from: number; to: number }[]) =>
  chronicle.changed.filter(({ at }) =>
    isWithin(
      millis(at),
      spans.map(({ from, to }) => ({ from: from + STOPPED_AFTER * MINUTE, to })),
    ),
  );

export const OFF_IS_OFF: Property = {
  name: 'nothing is changed while automation is switched off',
  violations: chronicle =>
    changesWithin(chronicle, switchedOff(chronicle)).map(
      ({ at, by, summary }) => `${by} at ${minuteOf(chronicle, at)}: ${summary}`,
    ),
};

/** Seconds between what a person asks and what the clock of a function says of it. */
const MOMENT = 20_000;

const shut = (chronicle: Chronicle) =>
  windows(chronicle, true).map(({ from, to }) => ({ from: from + MOMENT, to: to - MOMENT }));

export const LEFT_ALONE: Property = {
  name: 'no step begins in a maintenance window',
  violations: chronicle =>
    entriesOf(chronicle, 'StepStarted')
      .filter(({ entry }) => !entry['dryRun'])
      .filter(({ entry }) => isWithin(millis(entry.at), shut(chronicle)))
      .map(({ incident, entry }) => `${incident.id}: ${entry['step']} at ${minuteOf(chronicle, entry.at)}`),
};

export const GUARDED: Property = {
  name: 'no step begins that a guardrail forbids, and each run begins once',
  violations: chronicle => [
    ...entriesOf(chronicle, 'StepStarted').flatMap(({ incident, entry }) =>
      (entry['guardrails'] as Entry[])
        .filter(({ passed, guardrail }) => !passed && !(entry['preview'] && guardrail === 'mode') && !entry['dryRun'])
        .map(({ guardrail, reason }) => `${incident.id}: ${entry['step']} past ${guardrail} (${reason})`),
    ),
    ...chronicle.incidents.flatMap(({ id, timeline }) => {
      const runs = timeline.filter(({ type }) => type === 'StepStarted').map(({ run }) => String(run));
      return runs.filter((run, i) => runs.indexOf(run) !== i).map(run => `${id}: ${run} began twice`);
    }),
  ],
};

export const VERIFIED: Property = {
  name: 'a step succeeds only with checks that all passed',
  violations: chronicle =>
    entriesOf(chronicle, 'StepSucceeded')
      .filter(({ entry }) => entry['checks'].length === 0 || entry['checks'].some(({ passed }: Entry) => !passed))
      .map(({ incident, entry }) => `${incident.id}: ${entry['run']} ${JSON.stringify(entry['checks'])}`),
};

export const ATTEMPTS_END: Property = {
  name: 'every attempt ends, or a person is told',
  violations: chronicle =>
    entriesOf(chronicle, 'ResponseRequested').flatMap(({ incident, entry }) => {
      const end = endOf(incident);
      const deadline = Math.max(millis(entry.at), ...outages(chronicle).map(({ to }) => to)) + 75 * MINUTE;
      if (millis(end?.at ?? chronicle.ended) < deadline) return [];
      const ended = incident.timeline.some(
        // A drill's attempt gives way to the trouble that is real.
        ({ type, attempt, seq }) =>
          (type === 'ResponseEnded' && attempt === entry['attempt']) || (type === 'DrillBecameReal' && seq > entry.seq),
      );
      return ended ? [] : [`${incident.id}: attempt ${entry['attempt']} of ${minuteOf(chronicle, entry.at)}`];
    }),
};

const TRIED_WITHIN = 30;

/** Failing requests before a deployment are not its own, and speak for it when it adds to them. */
const FAILED_BEFORE = { minutes: 12, share: 0.05 };

const isHiddenByOthers = ({ readings }: Chronicle, trouble: TroubleName, at: number) =>
  trouble === 'bad deployment' &&
  readings.some(
    ({ minute, errorShare }) =>
      minute <= at && minute > at - FAILED_BEFORE.minutes && errorShare >= FAILED_BEFORE.share,
  );

/** The step was weighed, and evidence spoke against it, e.g. because of what was done about the trouble before. */
const weighed = (chronicle: Chronicle, since: number) =>
  entriesOf(chronicle, 'StepSkipped').some(
    ({ entry }) =>
      millis(entry.at) >= since &&
      /^(not possible|too much at once|nothing to |how much it would touch|the diagnosis did not find)/.test(
        entry['reasons'].join(),
      ),
  );

/** The minutes in which automation has reason to stand back from a trouble. */
function hindrances(chronicle: Chronicle): Span[] {
  const { plan, began, ended } = chronicle;
  const pretends = plan.events.some(event => event.do === 'pretend');
  const waits = plan.events.filter(event => event.do === 'AWS issue').map(({ at }) => millis(began) + at * MINUTE);
  return [
    ...(pretends || waits.length > 0 ? [{ from: 0, to: millis(ended) }] : []),
    ...switchedOff(chronicle),
    ...windows(chronicle),
    ...widened(outages(chronicle), 3),
    ...endedByPeople(chronicle),
  ];
}

/** The times from a person's word that it is over until something new opens: nothing is done about what they leave red. */
function endedByPeople(chronicle: Chronicle): Span[] {
  const opened = entriesOf(chronicle, 'IncidentOpened').map(({ entry }) => millis(entry.at));
  return entriesOf(chronicle, 'Resolved')
    .filter(({ entry }) => entry['by'] !== 'automation')
    .map(({ entry }) => {
      const from = millis(entry.at);
      return { from, to: Math.min(...opened.filter(at => at > from), millis(chronicle.ended)) };
    });
}

export const TRIED: Property = {
  name: 'the remedy that would heal a trouble is tried within 30 minutes of the passing of what hindered it',
  violations: chronicle => {
    const { plan, readings, runs, began } = chronicle;
    const hindered = hindrances(chronicle);
    return plan.events.flatMap(event => {
      if (event.do !== 'trouble') return [];
      const { heals } = troubleNamed(event.trouble);
      if (!heals || isHiddenByOthers(chronicle, event.trouble, event.at)) return [];
      // Where the remedy did not last, the next step of the plan has its turn.
      if (plan.events.some(other => other.do === 'trouble' && other.trouble === event.trouble && other.at < event.at))
        return [];
      let minutes = 0;
      for (const { minute, lasting } of readings) {
        const now = millis(began) + minute * MINUTE;
        // Many causes at once are a storm, in which automation stands back; what people do changes its turn.
        const free = lasting.includes(event.trouble) && lasting.length === 1 && !isWithin(now, hindered);
        minutes = free ? minutes + 1 : 0;
        const tried = runs.some(
          run =>
            run.name.endsWith(`-${heals}`) &&
            acts(run) &&
            millis(run.startedAt) >= millis(began) + event.at * MINUTE &&
            millis(run.startedAt) <= now,
        );
        if (tried || weighed(chronicle, millis(began) + event.at * MINUTE)) return [];
        if (minutes > TRIED_WITHIN) return [`${event.trouble} of minute ${event.at}: no ${heals} by minute ${minute}`];
      }
      return [];
    });
  },
};
