import * as v from 'valibot';
import { type Maintenance, WINDOW_HOURS } from '../domain/incident/maintenance.ts';
import { ALARM_STATES, alarmKey, DRILL, type Signal } from '../domain/incident/signal.ts';
import { type ProtectedService, routeAlarm } from '../domain/intake/alarm-route.ts';
import { readable } from '../domain/kernel/text.ts';
import { plusMinutes } from '../domain/kernel/time.ts';

const State = v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const Timestamp = v.pipe(
  v.string(),
  v.check(text => !Number.isNaN(Date.parse(text)), 'a time such as 2019-10-02T17:04:40.989+0000'),
  v.transform(text => new Date(text).toISOString()),
);

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
 * True if two resources are in one account and region.
 *
 * @throws TypeError when one of them is no ARN
 */
export const isSameAccount = (arn: string, other: string) => accountOf(arn) === accountOf(other);

function accountOf(arn: string): string {
  const [, region, account] = /^arn:[^:]+:[^:]+:([^:]+):(\d+):./.exec(arn) ?? [];
  if (!region)
    throw new TypeError(`this event is not understood: resources: expected the ARN of an alarm, not "${arn}"`);
  return `${region} ${account}`;
}

/**
 * The event as a signal; undefined if the alarm is none of the service's.
 *
 * @throws TypeError when it is one of them and does not say which playbook answers it
 */
export function toSignal(
  { id, detail }: AlarmEvent,
  tags: Readonly<Record<string, string>>,
  { service, policy }: ProtectedService,
): Signal | undefined {
  const { alarmName, state } = detail;
  const route = routeAlarm(alarmName, tags, { service, policy });
  if (!route) return undefined;
  if ('fault' in route) throw new TypeError(route.fault);
  const data = parseReasonData(state.reasonData);
  return {
    id,
    key: alarmKey(alarmName),
    state: ALARM_STATES[state.value],
    service,
    ...route,
    at: state.timestamp,
    since: data?.startDate,
    summary: summarise(detail, data),
    ...(state.reason?.startsWith(DRILL) ? { drill: true } : {}),
  };
}

/** The maintenance that the event itself tells of: a mute rule of the alarm, or the suppression of a composite alarm. */
export function toldInEvent({ alarmName, configuration, state, muteDetail }: AlarmEvent['detail']): Maintenance[] {
  const scope = { alarms: [alarmName] };
  const rule = muteDetail?.mutedByArn?.split(':').slice(6).join(':');
  const muted = muteDetail && {
    ...{ source: 'mute rule' as const, scope, reason: readable(rule || 'a mute rule') },
    until: muteDetail.muteWindowEnd ?? plusMinutes(state.timestamp, UNKNOWN_END / 60),
  };
  const by = state.actionsSuppressedBy;
  const { actionsSuppressorWaitPeriod, actionsSuppressorExtensionPeriod } = configuration ?? {};
  const seconds =
    (by === 'WaitPeriod' && actionsSuppressorWaitPeriod) ||
    (by === 'ExtensionPeriod' && actionsSuppressorExtensionPeriod) ||
    UNKNOWN_END;
  const suppressed = by && {
    ...{ source: 'suppression' as const, scope, reason: readable(state.actionsSuppressedReason ?? by) },
    until: plusMinutes(state.timestamp, seconds / 60),
  };
  return [muted, suppressed].filter(told => !!told);
}

/** Seconds for which a mute rule or a suppressor counts whose end is not known: nothing red is forgotten for longer than a day. */
const UNKNOWN_END = WINDOW_HOURS * 3600;

const ReasonData = v.object({
  startDate: v.optional(Timestamp),
  threshold: v.optional(v.number()),
  recentDatapoints: v.optional(v.array(v.nullable(v.number()))),
});

/** Parses `reasonData`, which is JSON in a string and absent on new alarms. Without it the signal still counts. */
function parseReasonData(text: string | null | undefined) {
  try {
    const parsed = v.safeParse(ReasonData, JSON.parse(text ?? 'null'));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function summarise(
  { alarmName, configuration, state }: AlarmEvent['detail'],
  data: ReturnType<typeof parseReasonData>,
): string {
  const what = readable(configuration?.description ?? alarmName);
  const latest = data?.recentDatapoints?.filter(point => point !== null).at(-1);
  const threshold = data?.threshold === undefined ? '' : ` (threshold ${number(data.threshold)})`;
  const seen = latest === undefined ? readable(state.reason ?? state.value) : `${number(latest)}${threshold}`;
  return state.value === 'OK' ? `${what}: cleared, ${seen}` : `${what}: ${seen}`;
}

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
