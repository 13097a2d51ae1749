import { clockSince, dateTime, minutesBetween } from '../kernel/time.ts';

/** An issue as AWS Health reports it. Its texts are left out: names and times are enough to ask before acting. */
export interface AwsIssue {
  /** The ARN of the event: one issue of one service in one region. */
  arn: string;
  /** In AWS Health's words, e.g. `RDS`. */
  service: string;
  /** The type of the event, e.g. `AWS_RDS_OPERATIONAL_ISSUE`. */
  code: string;
  open: boolean;
  startedAt?: string | undefined;
  /** When it ended, or will end. */
  endsAt?: string | undefined;
  /** When AWS last said something about it. */
  updatedAt: string;
}

/** The detail type of AWS Health's events. */
export const HEALTH_EVENT = 'AWS Health Event';

/** Hours without an update after which an issue counts as over: AWS may never say that it ended. */
export const SILENT_HOURS = 24;

/** Issues that are remembered, by which the memory is bounded. */
export const MOST_ISSUES = 40;

/** Issues that texts name; the others are counted. */
const NAMED = 3;

const isSilent = ({ updatedAt }: AwsIssue, now: string) => minutesBetween(updatedAt, now) >= SILENT_HOURS * 60;

/** The issues that are open, the latest first. */
export const openIssues = (issues: readonly AwsIssue[], now: string): AwsIssue[] =>
  issues.filter(issue => issue.open && !isSilent(issue, now) && !(issue.endsAt && issue.endsAt <= now)).sort(byUpdate);

const byUpdate = (one: AwsIssue, other: AwsIssue) =>
  other.updatedAt.localeCompare(one.updatedAt) || one.arn.localeCompare(other.arn);

/**
 * The known issues with what was reported, in whatever order and how often it came. One that has ended stays known for as long as
 * an earlier report of it would count. The same list, if nothing is new.
 */
export function withReports(
  known: readonly AwsIssue[],
  reports: readonly AwsIssue[],
  now: string,
): readonly AwsIssue[] {
  const latest = new Map(known.map(issue => [issue.arn, issue]));
  let isNew = false;
  for (const report of reports) {
    const before = latest.get(report.arn);
    if (isSilent(report, now) || (before && !isLater(report, before))) continue;
    latest.set(report.arn, report);
    isNew = true;
  }
  if (!isNew) return known;
  return [...latest.values()]
    .filter(issue => !isSilent(issue, now))
    .sort((one, other) => Number(other.open) - Number(one.open) || byUpdate(one, other))
    .slice(0, MOST_ISSUES);
}

/** A report that ends the issue is later than another of the same time. */
const isLater = (report: AwsIssue, before: AwsIssue) =>
  report.updatedAt > before.updatedAt || (report.updatedAt === before.updatedAt && before.open && !report.open);

/** "RDS since 2026-03-02 08:48 UTC, updated 09:00 UTC (AWS_RDS_OPERATIONAL_ISSUE); 2 more". */
export function issueWords(issues: readonly AwsIssue[]): string {
  const named = issues.slice(0, NAMED).map(({ service, code, startedAt, updatedAt }) => {
    const times = startedAt
      ? `since ${dateTime(startedAt)}, updated ${clockSince(startedAt, updatedAt)} UTC`
      : `updated ${dateTime(updatedAt)}`;
    return `${service} ${times} (${code})`;
  });
  const others = issues.length - named.length;
  return [...named, ...(others > 0 ? [`${others} more`] : [])].join('; ');
}
