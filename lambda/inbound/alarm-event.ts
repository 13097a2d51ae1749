import * as v from 'valibot';
import { visible } from '../domain/encoding/visible.ts';
import { type Maintenance, WINDOW_HOURS } from '../domain/incident/maintenance.ts';
import { ALARM_STATES, alarmKey, DRILL, parseAlarmArn, type Signal } from '../domain/incident/signal.ts';
import { type ProtectedService, routeAlarm } from '../domain/intake/alarm-route.ts';
import { alarmWords, parseReasonData } from '../domain/intake/alarm-words.ts';
import { plusMinutes } from '../domain/kernel/time.ts';

const State = v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const Timestamp = v.pipe(
  v.string(),
  v.check(text => !Number.isNaN(Date.parse(text)), 'a time such as 2019-10-02T17:04:40.989+0000'),
  v.transform(text => new Date(text).toISOString()),
);

const MetricStat = v.object({
  metric: v.object({ namespace: v.nullish(v.string()), name: v.nullish(v.string()) }),
  stat: v.nullish(v.string()),
  unit: v.nullish(v.string()),
});

/** The event `CloudWatch Alarm State Change`, as the CloudWatch user guide documents it. */
export const AlarmEvent = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  /** The alarm's ARN. */
  resources: v.optional(v.array(v.string()), []),
  detail: v.object({
    alarmName: v.pipe(v.string(), v.minLength(1)),
    configuration: v.nullish(
      v.object({
        description: v.nullish(v.string()),
        metrics: v.nullish(
          v.array(v.object({ metricStat: v.nullish(MetricStat), returnData: v.nullish(v.boolean()) })),
        ),
        actionsSuppressorWaitPeriod: v.nullish(v.number()),
        actionsSuppressorExtensionPeriod: v.nullish(v.number()),
      }),
    ),
    state: v.object({
      value: State,
      reason: v.nullish(v.string()),
      reasonData: v.nullish(v.string()),
      timestamp: Timestamp,
      actionsSuppressedBy: v.nullish(v.string()),
      actionsSuppressedReason: v.nullish(v.string()),
    }),
    previousState: v.nullish(v.object({ reason: v.nullish(v.string()) })),
    /** The mute rule that holds back the alarm's actions. */
    muteDetail: v.nullish(v.object({ mutedByArn: v.nullish(v.string()), muteWindowEnd: v.nullish(Timestamp) })),
    alarmTags: v.nullish(v.record(v.string(), v.string())),
    alarmTagsStatus: v.nullish(v.string()),
  }),
});

export type AlarmEvent = v.InferOutput<typeof AlarmEvent>;

/** The tags that CloudWatch put into the event; undefined if it could not read them. */
export const tagsRead = ({ detail: { alarmTags, alarmTagsStatus } }: AlarmEvent) =>
  alarmTags ?? ((alarmTagsStatus ?? 'SUCCESS') === 'SUCCESS' ? {} : undefined);

/**
 * True if the event's alarm is in another account or region. One whose ARN is missing counts as ours.
 *
 * @param own the ARN of something in the responder's account and region
 */
export function isElsewhere({ resources: [arn = ''] }: Pick<AlarmEvent, 'resources'>, own: string): boolean {
  const place = parseAlarmArn(arn);
  const [, , , region, account] = own.split(':');
  return place !== undefined && (place.region !== region || place.account !== account);
}

/** The alarm as signals name it. Alarms of two accounts or regions may have one name, and one that clears must not clear the other. */
const alarmIn = (event: AlarmEvent, own: string): string =>
  (isElsewhere(event, own) && event.resources[0]) || event.detail.alarmName;

/**
 * The event as a signal; undefined if the alarm is none of the service's.
 *
 * @param own the ARN of something in the responder's account and region
 * @throws TypeError when it is one of them and does not say which playbook answers it
 */
export function toSignal(
  event: AlarmEvent,
  tags: Readonly<Record<string, string>>,
  { service, policy }: ProtectedService,
  own: string,
): Signal | undefined {
  const { id, detail } = event;
  const { alarmName, state, configuration } = detail;
  const route = routeAlarm(alarmName, tags, { service, policy });
  if (!route) return undefined;
  if ('fault' in route) throw new TypeError(route.fault);
  const { description, metrics } = configuration ?? {};
  const since = parseReasonData(state.reasonData)?.startDate;
  const alarm = { ...state, name: alarmName, description, state: state.value, level: route.level };
  return {
    id,
    key: alarmKey(alarmIn(event, own)),
    state: ALARM_STATES[state.value],
    service,
    ...route,
    at: state.timestamp,
    since: since && !Number.isNaN(Date.parse(since)) ? new Date(since).toISOString() : undefined,
    summary: alarmWords({ ...alarm, metric: judgedMetric(metrics) }),
    ...(state.reason?.startsWith(DRILL) ? { drill: true } : {}),
  };
}

/** The maintenance that the event itself tells of: a mute rule of the alarm, or the suppression of a composite alarm. */
export function toldInEvent(event: AlarmEvent, own: string): Maintenance[] {
  const { configuration, state, muteDetail } = event.detail;
  const scope = { alarms: [alarmIn(event, own)] };
  const rule = muteDetail?.mutedByArn?.split(':').slice(6).join(':');
  const muted = muteDetail && {
    ...{ source: 'mute rule' as const, scope, reason: visible(rule || 'a mute rule') },
    until: muteDetail.muteWindowEnd ?? plusMinutes(state.timestamp, UNKNOWN_END / 60),
  };
  const by = state.actionsSuppressedBy;
  const { actionsSuppressorWaitPeriod, actionsSuppressorExtensionPeriod } = configuration ?? {};
  const seconds =
    (by === 'WaitPeriod' && actionsSuppressorWaitPeriod) ||
    (by === 'ExtensionPeriod' && actionsSuppressorExtensionPeriod) ||
    UNKNOWN_END;
  const suppressed = by && {
    ...{ source: 'suppression' as const, scope, reason: visible(state.actionsSuppressedReason ?? by) },
    until: plusMinutes(state.timestamp, seconds / 60),
  };
  return [muted, suppressed].filter(told => !!told);
}

/** Seconds for which a mute rule or a suppressor counts whose end is not known: nothing red is forgotten for longer than a day. */
const UNKNOWN_END = WINDOW_HOURS * 3600;

/** The metric that an alarm judges, if it is one alone. */
function judgedMetric(
  metrics: readonly { metricStat?: v.InferOutput<typeof MetricStat> | null | undefined }[] | null | undefined,
) {
  const [only, ...others] = metrics ?? [];
  if (!only?.metricStat || others.some(({ metricStat }) => metricStat)) return undefined;
  const { metric, stat, unit } = only.metricStat;
  return {
    namespace: metric.namespace ?? undefined,
    name: metric.name ?? undefined,
    statistic: stat ?? undefined,
    unit: unit ?? undefined,
  };
}
