import type { Entry } from '../../world/world.ts';
import { away } from '../obstacles.ts';
import { entriesOf, isWithin, MINUTE, millis, minuteOf, type Property } from './property.ts';

/** Steps that change something, other than to put it back. */
const isTry = (entry: Entry) => entry.type === 'StepStarted' && !entry['dryRun'] && !entry['undoes'];

/** Minutes for which a diagnosis is news, with those that a call may be repeated. */
const FRESH = 8;

export const NEWEST_EVIDENCE: Property = {
  name: 'a step begins on a diagnosis of its attempt that is newer than the end of the step before',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) =>
      timeline.filter(isTry).flatMap(step => {
        const before = timeline.filter(({ seq }) => seq < step.seq);
        const found = before.findLast(
          ({ type, attempt }) => type === 'DiagnosisRecorded' && attempt === step['attempt'],
        );
        const ended = before.findLast(({ type }) => type === 'StepSucceeded' || type === 'StepFailed');
        const isNew = found && found.seq > (ended?.seq ?? -1) && millis(step.at) - millis(found.at) <= FRESH * MINUTE;
        return isNew ? [] : [`${id}: ${step['step']} at ${minuteOf(chronicle, step.at)}`];
      }),
    ),
};

/** Steps whose playbooks leave them to a person, by their names; and all, while AWS has an issue of its own. */
const ASKED = /^(raise-max-connections|raise-memory|restart-redis|update-certificate|fail-over|maintenance-mode)$/;

export const ASKED_FIRST: Property = {
  name: 'a step that a person must approve begins after a yes, and after no other answer',
  violations: chronicle => {
    const issues = chronicle.plan.events.flatMap(event => {
      const from = millis(chronicle.began) + event.at * MINUTE;
      return event.do === 'AWS issue' ? [{ from: from + MINUTE, to: from + (event.minutes - 1) * MINUTE }] : [];
    });
    const saysYes = ({ type, by }: Entry) =>
      type === 'ApprovalGiven' &&
      chronicle.plan.events.some(event => event.do === 'answer' && event.link === 'Approve' && event.to.startsWith(by));
    return chronicle.incidents.flatMap(({ id, timeline }) =>
      timeline.filter(isTry).flatMap(step => {
        const answer = timeline.findLast(
          ({ type, seq, step: name }) =>
            seq < step.seq && name === step['step'] && /^Approval(Given|Declined)/.test(type),
        );
        const mustAsk = ASKED.test(step['step']) || isWithin(millis(step.at), issues);
        if (answer ? saysYes(answer) : !mustAsk) return [];
        const after = answer ? `${answer.type} by ${answer['by']}` : 'no answer';
        return [`${id}: ${step['step']} at ${minuteOf(chronicle, step.at)}, after ${after}`];
      }),
    );
  },
};

const ASKED_AGAIN = 25;

export const NO_IS_NO: Property = {
  name: 'who has declined a step is not asked for it again soon',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) =>
      timeline
        .filter(({ type, by }) => type === 'ApprovalDeclined' && by !== 'time')
        .flatMap(no => {
          const again = timeline.find(
            ({ type, seq, step, at }) =>
              type === 'ApprovalRequested' &&
              seq > no.seq &&
              step === no['step'] &&
              millis(at) - millis(no.at) < ASKED_AGAIN * MINUTE,
          );
          return again
            ? [
                `${id}: ${no['step']}, declined at ${minuteOf(chronicle, no.at)}, again at ${minuteOf(chronicle, again.at)}`,
              ]
            : [];
        }),
    ),
};

/** Minutes between two runs of one runbook, as its playbook has them. */
const COOLDOWNS = {
  ...{ 'scale-service': 60, 'kill-idle-connections': 15, 'circuit-breaker': 30, 'restart-tasks': 120 },
  ...{ 'roll-back': 120, 'scale-up': 60 },
};

export const COOLED: Property = {
  name: 'a runbook that has changed something is not run again within its cooldown',
  violations: chronicle => {
    const all = entriesOf(chronicle, 'StepStarted').filter(({ entry }) => isTry(entry));
    return all.flatMap(({ incident, entry }, i) => {
      const [, minutes = 0] = Object.entries(COOLDOWNS).find(([name]) => entry['document'].endsWith(`-${name}`)) ?? [];
      const again = all
        .slice(i + 1)
        .find(other => other.entry['document'] === entry['document'] && minutesFrom(entry, other.entry) < minutes);
      const unchanged = incident.timeline.some(({ run, unchanged }) => run === entry['run'] && unchanged === true);
      return again && !unchanged
        ? [`${entry['step']} at ${minuteOf(chronicle, entry.at)} and at ${minuteOf(chronicle, again.entry.at)}`]
        : [];
    });
  },
};

const minutesFrom = (one: Entry, other: Entry) => Math.abs(millis(other.at) - millis(one.at)) / MINUTE;

export const WITHIN_BOUNDS: Property = {
  name: 'a step touches no larger a share than its limit',
  violations: chronicle =>
    entriesOf(chronicle, 'StepStarted')
      .filter(({ entry }) => isTry(entry))
      .flatMap(({ incident, entry }) =>
        (entry['guardrails'] as Entry[]).flatMap(({ guardrail, reason }) => {
          const [, touched, whole, limit] =
            String(reason).match(
              /^(?:too much at once: )?(?:at most )?(\d+) (?:of|more than) (\d+) .*limit (\d+) ?%/,
            ) ?? [];
          if (guardrail !== 'blast radius' || !limit || Number(touched) / Number(whole) <= Number(limit) / 100 + 0.005)
            return [];
          return [`${incident.id}: ${entry['step']} touches ${reason}`];
        }),
      ),
};

/** Seconds for which a reading of a moment before holds. */
const MOMENT = 30_000;

export const UNREADABLE_IS_OFF: Property = {
  name: 'no step begins while the kill switch cannot be read',
  violations: chronicle => {
    const unreadable = away(chronicle, 'ssm').map(({ from, to }) => ({ from: from + MOMENT, to }));
    return entriesOf(chronicle, 'StepStarted')
      .filter(({ entry }) => !entry['dryRun'] && isWithin(millis(entry.at), unreadable))
      .map(({ incident, entry }) => `${incident.id}: ${entry['step']} at ${minuteOf(chronicle, entry.at)}`);
  },
};
