import type { Event } from '../incident/events.ts';
import { factsOf, type Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Policy } from '../incident/policy.ts';
import type { Declaration, Signal, SignalLevel } from '../incident/signal.ts';
import { slotOf } from '../incident/troubles.ts';
import { type Assessment, assess, atLeast, type Facts, type Severity } from '../kernel/severity.ts';
import { assignSeverity } from './severity.ts';

type Declared = NonNullable<Signal['declared']>;

/** Declared facts that always make the incident a P1. */
const GRAVE = { dataLoss: 'a data loss', securityBreach: 'a security breach' } as const;
type Grave = keyof typeof GRAVE;

export const graveFacts = (declaration: Declaration) =>
  (Object.keys(GRAVE) as Grave[]).filter(fact => declaration[fact]);

/** The reason why a declaration contradicts itself; undefined when it does not. */
export function declarationFault(declaration: Declaration): string | undefined {
  const [grave] = graveFacts(declaration);
  const { severity = 'P1' } = declaration;
  return grave && severity !== 'P1' ? `${GRAVE[grave]} is a P1, not a ${severity}` : undefined;
}

export const severityDeclared = (declaration: Declaration): Severity =>
  declaration.severity ?? (graveFacts(declaration).length > 0 ? 'P1' : 'P3');

/** The signal level of a declaration. A question does not fire. */
export const SIGNAL_LEVELS: Record<Severity, SignalLevel> = {
  P1: 'critical',
  P2: 'critical',
  P3: 'warning',
  P4: 'info',
};

export const declaredFacts = (declaration: Declaration): Facts => ({
  ...Object.fromEntries(graveFacts(declaration).map(fact => [fact, 1])),
  ...(declaration.workaround === undefined ? {} : { workaround: declaration.workaround ? 1 : 0 }),
});

/** The events of a declaration besides the severity. Facts that are known already are left out. */
export function declarationEvents(
  declaration: Declaration,
  { text, by, via }: Person & { text: string },
  known: Facts = {},
): Event[] {
  const grave = graveFacts(declaration);
  const { workaround: available } = declaration;
  const about = grave.length === 0 && text !== '' ? { text } : {};
  return [
    ...grave.filter(fact => !known[fact]).map((fact): Event => ({ type: 'Declared', by, via, fact, text })),
    ...(available === undefined || known['workaround'] === Number(available)
      ? []
      : [{ type: 'WorkaroundReported' as const, by, via, available, ...about }]),
  ];
}

/**
 * A person reports what an open incident is about, perhaps without knowing of it: the words are kept, and a higher severity
 * counts. No signal comes of it, because the incident has its own.
 */
export function joinDeclaration(incident: Incident, { reporter: by = '' }: Signal, declared: Declared): Event[] {
  const { text, via } = declared;
  const severity = severityDeclared(declared);
  const { severity: overrules } = assess(factsOf(incident), incident.policy.criteria);
  return [
    { type: 'NoteAdded', by, via, text },
    ...declarationEvents(declared, { text, by, via }, incident.declared),
    ...(atLeast(incident.severity, severity)
      ? []
      : assignSeverity(setByPerson(severity, `declared by ${by}`), incident.policy, {
          ...{ by, via, overrules, why: 'severity raised to' },
          escalated: incident.escalation?.level ?? 0,
        })),
  ];
}

/**
 * The slot of a signal. A declared breach or data loss is a matter of its own, whatever else happens, and so is a question; any
 * other report may be about the trouble that alarms tell of.
 */
export function slotOfSignal({ service, playbook, key, declared }: Signal, policy: Pick<Policy, 'playbooks'>): string {
  const isApart = declared && (graveFacts(declared).length > 0 || severityDeclared(declared) === 'P4');
  return isApart ? `${service}/${key}` : slotOf(service, playbook, policy);
}

/** A severity that a person set, with the reason. */
export const setByPerson = (severity: Severity, text: string): Assessment => ({
  severity,
  reasons: [{ severity, criterion: 'set by a person', text }],
});
