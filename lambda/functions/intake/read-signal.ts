import { readAlarmTags } from '../../adapters/cloudwatch.ts';
import { lasts } from '../../domain/incident/maintenance.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import { parseAlarmArn, type Signal } from '../../domain/incident/signal.ts';
import { type ProtectedService, playbookOfAlarm } from '../../domain/intake/alarm-route.ts';
import { isTooEarly } from '../../domain/intake/first-judgement.ts';
import { withMaintenance } from '../../domain/intake/maintenance.ts';
import { AlarmEvent, isElsewhere, tagsRead, toldInEvent, toSignal } from '../../inbound/alarm-event.ts';
import { windowsInForce } from '../../readings/maintenance.ts';
import { check } from '../../runtime/entrypoint.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds for the tags of an alarm: the other signals of the batch wait for them. */
const TAGS = 5;

/**
 * Reads an alarm's event as a signal; undefined if it is none of the service's.
 *
 * @throws TypeError when the event is not understood, or does not say which playbook answers its alarm
 */
export async function readSignal(
  body: string,
  service: ProtectedService & { policy: Policy },
): Promise<Signal | undefined> {
  const event = check(AlarmEvent, parse(body));
  const { alarmName, state, previousState } = event.detail;
  if (state.value === 'ALARM' && isTooEarly(state.reason, previousState?.reason)) {
    console.info({ message: 'a new alarm without data', alarm: alarmName });
    return undefined;
  }
  const signal = toSignal(event, await tagsOf(event, service), service, own());
  if (!signal) console.info({ message: 'not an alarm of this service', alarm: alarmName });
  return signal && inMaintenance(signal, event, service.policy);
}

/** The signal with the maintenance that holds it back now, as the event tells or as it is in force for the service. */
async function inMaintenance(signal: Signal, event: AlarmEvent, policy: Policy): Promise<Signal> {
  if (signal.state === 'cleared') return signal;
  const now = new Date().toISOString();
  const told = toldInEvent(event, own()).filter(maintenance => lasts(maintenance, now));
  return withMaintenance([signal], [...told, ...(await windowsInForce())], policy)[0] ?? signal;
}

/** An ARN of this account and region. */
const own = () => process.env['RESPONSE_STATE_MACHINE'] ?? '';

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new TypeError('this event is not understood: it is no JSON');
  }
}

/**
 * The alarm's tags. Those that CloudWatch could not read itself it is asked for, unless the alarm is known by its name. An alarm of
 * another account or region cannot be asked for, so its name alone tells whose it is.
 *
 * @throws Error while they cannot be read
 */
async function tagsOf(event: AlarmEvent, { policy }: ProtectedService): Promise<Record<string, string>> {
  const { alarmName } = event.detail;
  const read = tagsRead(event) ?? (playbookOfAlarm(alarmName, policy) ? {} : undefined);
  if (read) return read;
  const [arn = ''] = event.resources;
  if (!parseAlarmArn(arn))
    throw new TypeError(`this event is not understood: resources: expected the ARN of an alarm, not "${arn}"`);
  if (isElsewhere(event, own())) {
    console.error({ message: 'known by its name alone: the tags of an alarm elsewhere cannot be read', alarm: arn });
    return {};
  }
  const tags = await inTime(TAGS, readAlarmTags(arn));
  if (!tags)
    throw new TypeError(`alarm ${alarmName}: CloudWatch could not read its tags, and it does not exist here now`);
  return tags;
}
