import * as v from 'valibot';
import type { AwsReport } from '../domain/diagnosis/aws-services.ts';
import { HEALTH_EVENT } from '../domain/incident/aws-issues.ts';

const isTime = (text: string) => !Number.isNaN(Date.parse(text));
const iso = (text: string) => new Date(text).toISOString();

/** A time such as `Thu, 26 Jan 2023 13:19:03 GMT`; undefined if it is absent or no time, which the event can do without. */
const Time = v.pipe(
  v.unknown(),
  v.transform(value => (typeof value === 'string' && isTime(value) ? iso(value) : undefined)),
);

/** A name within the characters that AWS uses: whatever else stands in it is left out. */
const name = (length: number) =>
  v.pipe(
    v.string(),
    v.transform(text => text.replace(/[^\w.:/-]/g, '').slice(0, length)),
  );

/** The event `AWS Health Event`, as the AWS Health user guide documents it. */
export const HealthEvent = v.object({
  'detail-type': v.literal(HEALTH_EVENT),
  account: v.string(),
  /** When it was sent to EventBridge. */
  time: v.pipe(v.string(), v.check(isTime, 'a time'), v.transform(iso)),
  region: v.string(),
  detail: v.object({
    eventArn: v.pipe(name(300), v.minLength(1)),
    service: name(60),
    eventTypeCode: name(100),
    eventTypeCategory: v.string(),
    statusCode: v.string(),
    ...{ startTime: v.optional(Time), endTime: v.optional(Time), lastUpdatedTime: v.optional(Time) },
    eventRegion: v.nullish(name(40)),
    affectedAccount: v.nullish(v.string()),
  }),
});

export type HealthEvent = v.InferOutput<typeof HealthEvent>;

/** States of an issue in which it does no harm. */
const NOT_OPEN = ['closed', 'upcoming'];

/** The issue that the event reports; undefined if it reports something else, e.g. a scheduled change. */
export function toReport({ account, time, region, detail }: HealthEvent): AwsReport | undefined {
  const { eventArn, service, eventTypeCode, statusCode, startTime, endTime, lastUpdatedTime = time } = detail;
  if (detail.eventTypeCategory !== 'issue') return undefined;
  return {
    issue: {
      arn: eventArn,
      service: service.toUpperCase(),
      code: eventTypeCode,
      open: !NOT_OPEN.includes(statusCode),
      startedAt: startTime,
      endsAt: endTime,
      // Nothing can be updated after it was sent: an issue must not stay open by a time in the future.
      updatedAt: lastUpdatedTime < time ? lastUpdatedTime : time,
    },
    // The event's own region is where it was delivered, which may be a backup for another one.
    region: detail.eventRegion ?? eventArn.split(':')[3] ?? region,
    own: (detail.affectedAccount ?? account) === account,
  };
}
