import { sendHeartbeat } from '../../adapters/heartbeat.ts';
import { publishPage } from '../../adapters/sns.ts';
import { writeDirectPage } from '../../domain/messages/direct-page-text.ts';
import { type DirectPaging, directlyPagedLevels } from '../../domain/on-call/direct-page.ts';
import { onCall } from '../../domain/on-call/roster.ts';
import { readRedAlarms } from '../../readings/red-alarms.ts';
import { service } from '../../runtime/environment.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { inTime } from '../../runtime/in-time.ts';
import { rendered } from '../../runtime/templates.ts';
import { checkStore } from '../../store/liveness.ts';
import { AlarmsUnread } from './alarms.ts';

const MINUTE = 60_000;

/** Seconds for each part, besides those for the alarms, so that people are paged before the function times out, also when the store does not even refuse. */
const SECONDS = { watch: 30, store: 5, page: 5 };

/** The last minute in which each level was paged, as far as this instance of the function knows. */
const lastPaged = new Map<number, number>();

/** The last minute in which this instance of the function reached the store, and pages went out as usual. */
let lastReached = Number.NEGATIVE_INFINITY;

/** People could not be reached when they were paged last: until they are, nobody outside may believe that they would be. */
let areUnreached = false;

/** The outcome of a minute. */
export interface Watched {
  failures: readonly Error[];
  /** The incidents of which the level that was called has been sent no page. */
  unpaged: readonly string[];
}

/**
 * Watches, and when that fails because the store cannot be read or written, pages directly. A heartbeat says that the watch has
 * seen the alarms and reached the store or, in place of it, people; it is silent while a level that was called is sent no page.
 *
 * @param scheduledAt the minute's own time: an invocation that is repeated later pages nobody
 */
export async function orPageDirectly(scheduledAt: string | undefined, watch: () => Promise<Watched>): Promise<void> {
  const now = new Date();
  const { failures, unpaged } = await inTime(SECONDS.watch, watch()).catch(failed);
  const isLate = scheduledAt !== undefined && now.getTime() - Date.parse(scheduledAt) >= MINUTE;
  const isAway = failures.length > 0 && (await isStoreAway(now));
  const minute = Math.floor(now.getTime() / MINUTE);
  // Whatever was red a minute ago has its incident and its pages: a blip of the store must not wake the whole path.
  const isBlip = minute - lastReached <= 1;
  if (isAway && !isLate && !isBlip) await pageDirectly(now);
  if (!isAway) {
    areUnreached = unpaged.length > 0;
    if (!areUnreached) lastReached = minute;
  }
  const isBlind = !isAway && failures.some(isOfAlarms);
  const { HEARTBEAT_URL } = process.env;
  if (HEARTBEAT_URL && !areUnreached && !isBlind) await sendHeartbeat(HEARTBEAT_URL);
  throwAny(failures);
}

const failed = (error: Error): Watched => ({ failures: [error], unpaged: [] });

/** True if the error, or one of those that it gathers, says that alarms could not be read. */
const isOfAlarms = (error: unknown): boolean =>
  error instanceof AlarmsUnread || (error instanceof AggregateError && error.errors.some(isOfAlarms));

const none = () => undefined;
const asError = (error: Error) => error;

async function isStoreAway(now: Date): Promise<boolean> {
  const error = await inTime(SECONDS.store, checkStore(service(), now.toISOString())).then(none, asError);
  if (error) console.error({ message: `the incident store is away: ${error.message}`, error: error.name });
  return error !== undefined;
}

/** @throws when a page could not be sent */
async function pageDirectly(now: Date): Promise<void> {
  const paging: DirectPaging = JSON.parse(process.env['DIRECT_PAGING'] ?? '');
  const red = await readRedAlarms(service(), now.toISOString()).catch(unread);
  const minute = Math.floor(now.getTime() / MINUTE);
  const levels = directlyPagedLevels(paging, red, now.toISOString()).filter(level => lastPaged.get(level) !== minute);
  const topics = (process.env['LEVEL_TOPICS'] ?? '').split(',');
  const outcomes = await Promise.allSettled(
    levels.flatMap(level => {
      lastPaged.set(level, minute);
      const text = writeDirectPage(rendered, paging, level, red, now.toISOString());
      const { people = [], rotation } = paging.levels[level - 1] ?? {};
      return onCall({ people, rotation }, now.toISOString()).map(person =>
        inTime(SECONDS.page, publishPage(topics[level - 1] ?? '', { person, urgency: 'page', ...text })),
      );
    }),
  );
  const failures = failuresOf(outcomes);
  if (outcomes.length > 0) areUnreached = failures.length > 0;
  console.info({ message: 'paged directly', red: red?.map(({ name }) => name), levels, failed: failures.length });
  throwAny(failures);
}

const unread = ({ message, name }: Error) =>
  void console.error({ message: `CloudWatch cannot be asked what is red: ${message}`, error: name });
