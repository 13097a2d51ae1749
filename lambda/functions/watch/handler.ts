import * as v from 'valibot';
import type { Obligation } from '../../domain/incident/commands.ts';
import type { Check } from '../../domain/incident/events.ts';
import { type Incident, isQuestion, playbookOf } from '../../domain/incident/incident.ts';
import type { Maintenance } from '../../domain/incident/maintenance.ts';
import type { Signal } from '../../domain/incident/signal.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { readabilityOf } from '../../domain/intake/readable-alarms.ts';
import { obligations } from '../../domain/obligations.ts';
import { isUnpaged } from '../../domain/on-call/escalation.ts';
import { dueWithin } from '../../domain/remediation/maintenance.ts';
import { signalsWithMaintenance } from '../../readings/maintenance.ts';
import { commitObservedSignals, signalChecks } from '../../readings/service-state.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { inTime } from '../../runtime/in-time.ts';
import { reindex } from '../../store/incident-index.ts';
import { type Found, incidentsUnderReview, openIncidents } from '../../store/incident-lists.ts';
import { keyOf } from '../../store/keys.ts';
import { type Alarms, commitReadability, readAlarms } from './alarms.ts';
import { isFree } from './free.ts';
import { commitMeasured, type Minute, measureMinute } from './measured.ts';
import { openForAlarms } from './open-for-alarms.ts';
import { start } from './start.ts';
import { obeySwitch, stop } from './stop.ts';
import { withoutUnreadable } from './unreadable.ts';
import { orPageDirectly, type Watched } from './without-store.ts';

/** Minutes after which reviews are looked at again: they are owed by days, and stay for weeks. */
const REVIEWS = 15;

/** Seconds for what other services are asked: nobody is escalated to before, so it is shorter than one that hangs. */
const SECONDS = { measure: 8, free: 8, stop: 8 };

const NONE: Found = { incidents: [], failures: [], stale: [] };

/** An event of the schedule. */
const ScheduledMinute = v.object({ time: v.optional(v.string()) });

export const handler = entrypoint(ScheduledMinute, ({ time }) => orPageDirectly(time, watch));

/** Once a minute: what every open incident is owed by now, and at times every review, is done. One that fails holds up no other. */
async function watch(): Promise<Watched> {
  const timeForReviews = new Date().getUTCMinutes() % REVIEWS === 0;
  const [open, review] = await Promise.all([openIncidents(), timeForReviews ? incidentsUnderReview() : NONE]);
  const { incidents } = open;
  const minute =
    incidents.length > 0 ? inTime(SECONDS.measure, measureMinute()).catch(unmeasured) : Promise.resolve(undefined);
  const alarms = readAlarms(incidents);
  const outcomes = await Promise.allSettled([
    openForAlarms(alarms, incidents),
    alarms.known,
    alarms.withoutData,
    ...incidents.map(incident => look(incident, alarms, minute)),
    ...review.incidents.map(incident => meetAll(incident)),
    ...[...open.stale, ...review.stale].map(reindex),
  ]);
  const failures = [
    ...(await withoutUnreadable([open, review].flatMap(found => found.failures))),
    ...failuresOf(outcomes),
  ];
  const now = new Date().toISOString();
  const unpaged = incidents.flatMap(incident => (isUnpaged(incident, now) ? [incident.id] : []));
  if (unpaged.length > 0) console.error({ message: 'nobody was sent a page of the level that was called', unpaged });
  console.info({
    message: 'watched',
    open: incidents.length,
    reviews: review.incidents.length,
    failed: failures.length,
  });
  return { failures, unpaged };
}

async function look(known: Incident, alarms: Alarms, minute: Promise<Minute | undefined>): Promise<void> {
  // Nothing is wrong that alarms or health URLs could tell of.
  if (isQuestion(known)) return meetAll(known);
  const [found, measured] = await Promise.all([alarms.known.catch(unobserved), minute]);
  const maintenance = found && isRed(known, found) ? await alarms.maintenance(found) : [];
  const signals = found && signalsWithMaintenance(known, found, maintenance);
  const heard = await commitObservedSignals(known, signals ?? []);
  const observed = found ? await commitReadability(heard, readabilityOf(known, found)) : heard;
  const judged = measured ? await commitMeasured(observed, measured) : observed;
  const incident = await obeySwitch(judged);
  const isNew = incident.attempt && incident.attempt.number > (known.attempt?.number ?? 0);
  const outcomes = await Promise.allSettled([
    ...(isNew ? [start(incident)] : []),
    meetAll(incident, checksOf(known, signals, measured), maintenance),
  ]);
  throwAny(failuresOf(outcomes));
}

/** True if maintenance might explain anything of the incident. */
const isRed = ({ signals }: Incident, found: readonly DescribedAlarm[]) =>
  [...Object.values(signals), ...found].some(({ state }) => state !== 'cleared' && state !== 'OK');

/** What must be well before it settles. Trouble that is independent of the service is not healed by the service being well. */
function checksOf(incident: Incident, signals: Signal[] | undefined, minute: Minute | undefined): Check[] {
  const { ownFacts } = playbookOf(incident);
  if (!signals || (!minute && !ownFacts)) return [UNVERIFIED];
  return [...signalChecks(signals), ...(ownFacts ? [] : (minute?.checks ?? []))];
}

/** Fulfils the obligations one after the other. One that fails holds up no other. */
async function meetAll(
  incident: Incident,
  checks: Check[] = [],
  maintenance: readonly Maintenance[] = [],
): Promise<void> {
  const due = obligations(incident, new Date().toISOString());
  const failures: Error[] = [];
  for (const obligation of dueWithin(due, incident, maintenance))
    failures.push(...failuresOf(await Promise.allSettled([meet(incident, obligation, checks)])));
  throwAny(failures);
}

/** Escalation must not wait for CloudWatch: what cannot be verified is not verified, and the rest goes on. */
const UNVERIFIED: Check = { check: 'verification', passed: false, seen: 'could not be asked' };
const unobserved = ({ name }: Error) => void console.error({ message: 'the alarms cannot be read', error: name });
const unmeasured = ({ name }: Error) => void console.error({ message: 'the service cannot be measured', error: name });

async function meet(incident: Incident, obligation: Obligation, checks: Check[]) {
  if (obligation.type === 'stop execution') return inTime(SECONDS.stop, stop(incident, obligation));
  if (obligation.type === 'try again' && !(await inTime(SECONDS.free, isFree(incident)))) return;
  const id = `watch/${JSON.stringify(obligation)}/${incident.version}`;
  const {
    incident: after,
    events,
    refused,
  } = await commit(keyOf(incident), { type: 'fulfil', id, obligation, checks });
  console.info({
    message: 'obligation',
    incident: incident.id,
    obligation: obligation.type,
    events: events.map(e => e.type),
    refused,
  });
  const starts = obligation.type === 'start response' || events.some(({ type }) => type === 'ResponseRequested');
  if (after && starts) await start(after);
}
