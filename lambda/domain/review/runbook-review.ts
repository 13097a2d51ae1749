import { plusMinutes } from '../kernel/time.ts';

/** Days in which the reviewers are asked to do it. */
const REVIEW_DAYS = 14;

/**
 * A task that a schedule begins: the quarterly review of the runbook. It is no incident, because nothing is to be diagnosed,
 * published or counted, and nobody is to be woken.
 */
export interface ScheduledTask {
  /** The name in the report. */
  title: string;
  /** The quarter, e.g. `2026-Q1`. */
  period: string;
  dueAt: string;
  /** Absent until a mail about it has gone out. */
  mailedAt?: string;
  /** The people who were mailed, by the names of the configuration. */
  mailed?: string[];
}

export const RUNBOOK_REVIEW = 'Runbook review';

/** The quarter of a time, UTC, e.g. `2026-Q1`. */
export function quarterOf(iso: string): string {
  const date = new Date(iso);
  return `${date.getUTCFullYear()}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

/** Fields of the template `messages/runbook-review.txt`. */
export interface RunbookReviewFields {
  /** The service's title. */
  service: string;
  quarter: string;
  /** Months since the last review, `YYYY-MM`, for which there are reports. */
  months: string[];
  /** A date, `YYYY-MM-DD`. */
  due: string;
}

export function runbookReviewFields(service: string, at: string): RunbookReviewFields {
  const date = new Date(at);
  const first = Math.floor(date.getUTCMonth() / 3) * 3;
  const month = (offset: number) => new Date(Date.UTC(date.getUTCFullYear(), first + offset)).toISOString().slice(0, 7);
  return {
    service,
    quarter: quarterOf(at),
    months: [month(-3), month(-2), month(-1)],
    due: plusMinutes(at, REVIEW_DAYS * 24 * 60).slice(0, 10),
  };
}
