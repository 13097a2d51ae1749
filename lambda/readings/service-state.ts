import { observeAlarms } from '../adapters/cloudwatch.ts';
import { probeAll, toHealthCheck } from '../adapters/health-urls.ts';
import type { Check } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Signal, SignalState } from '../domain/incident/signal.ts';
import { commit } from '../runtime/command-handler.ts';
import { deployed } from '../runtime/deployed.ts';
import { keyOf } from '../store/incidents.ts';

/** The state of the protected service, measured now: the verification of every step. */
export async function verifyService(incident: Incident): Promise<{ signals: Signal[]; checks: Check[] }> {
  const [signals, probes] = await Promise.all([observeAlarms(incident), probeAll(deployed().resources.healthUrls)]);
  return {
    signals,
    checks: [...signals.map(toCheck), ...probes.map(toHealthCheck)],
  };
}

export const toCheck = ({ key, state, summary }: Signal): Check => ({
  check: key,
  passed: state === 'cleared',
  seen: said(state, summary),
});

const said = (state: SignalState, summary: string) =>
  ({ cleared: 'OK', firing: 'ALARM', unknown: `unknown, ${summary}` })[state];

/** Commits what the alarms say now where it differs from what the incident knows: a lost event is made up for. */
export async function commitObservedSignals(incident: Incident, signals: Signal[]): Promise<Incident> {
  const inEarnest = ({ state, drill }: Signal) => incident.drill && state === 'firing' && !drill;
  const news = signals.filter(signal => incident.signals[signal.key]?.state !== signal.state || inEarnest(signal));
  if (news.length === 0) return incident;
  const id = news.map(signal => signal.id).join(' ');
  const { incident: after } = await commit(keyOf(incident), { type: 'observe signals', id, signals: news });
  return after ?? incident;
}
