import * as v from 'valibot';
import type { Deployed } from '../domain/deployed.ts';
import { ALARM_STATES, ALARM_TAGS, alarmKey, DRILL, type Signal, type SignalLevel } from '../domain/incident/signal.ts';

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
  detail: v.object({
    alarmName: v.pipe(v.string(), v.minLength(1)),
    configuration: v.optional(v.object({ description: v.optional(v.string()) })),
    state: v.object({
      value: State,
      reason: v.optional(v.string()),
      reasonData: v.optional(v.string()),
      timestamp: Timestamp,
    }),
    alarmTags: v.optional(v.record(v.string(), v.string())),
  }),
});

export type AlarmEvent = v.InferOutput<typeof AlarmEvent>;

/**
 * The event as a signal. The alarm's tags name its playbook, or its name does if CloudWatch could not read the tags. @throws
 * when neither does.
 */
export function toSignal({ id, detail }: AlarmEvent, deployed: Deployed): Signal {
  const { alarmName, state, alarmTags = {} } = detail;
  const byName = Object.values(deployed.policies).find(policy => policy.playbook.alarms[alarmName]);
  const playbook = alarmTags[ALARM_TAGS.playbook] ?? byName?.playbook.name;
  const level = levelOf(alarmTags[ALARM_TAGS.level] ?? byName?.playbook.alarms[alarmName]);
  const known = Object.keys(deployed.policies);
  if (!playbook || !known.includes(playbook) || !level) {
    throw new Error(
      `alarm ${alarmName}: no playbook for it. Tag it ${ALARM_TAGS.playbook} (one of ${known.join(', ')}) and ${ALARM_TAGS.level} (warning or critical)`,
    );
  }
  const data = parseReasonData(state.reasonData);
  return {
    id,
    key: alarmKey(alarmName),
    state: ALARM_STATES[state.value],
    level,
    service: deployed.service,
    playbook,
    at: state.timestamp,
    since: data?.startDate,
    summary: summarise(detail, data),
    ...(state.reason?.startsWith(DRILL) ? { drill: true } : {}),
  };
}

const levelOf = (text: string | undefined): SignalLevel | undefined =>
  text === 'warning' || text === 'critical' ? text : undefined;

const ReasonData = v.object({
  startDate: v.optional(Timestamp),
  threshold: v.optional(v.number()),
  recentDatapoints: v.optional(v.array(v.nullable(v.number()))),
});

/** Parses `reasonData`, which is JSON in a string and absent on new alarms. Without it the signal still counts. */
function parseReasonData(text: string | undefined) {
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
  const what = configuration?.description ?? alarmName;
  const latest = data?.recentDatapoints?.filter(point => point !== null).at(-1);
  const threshold = data?.threshold === undefined ? '' : ` (threshold ${number(data.threshold)})`;
  const seen = latest === undefined ? (state.reason ?? state.value) : `${number(latest)}${threshold}`;
  return state.value === 'OK' ? `${what}: cleared, ${seen}` : `${what}: ${seen}`;
}

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
