import { type Account, type Input, ServiceError } from '../../account/account.ts';
import { ACCOUNT } from '../../assembly/identities.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { type AlarmState, stamp } from '../../engine/alarm.ts';
import { type AlarmRule, alarmName, parseAlarmRule } from '../../engine/alarm-rule.ts';
import { Unsupported } from '../../unsupported.ts';

const TYPE = 'AWS::CloudWatch::CompositeAlarm';

/** The reason why a composite alarm takes no actions, in CloudWatch's words. */
export type Suppression = 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm';

interface Judgement {
  state: AlarmState;
  reason: string;
  reasonData: string | undefined;
}

/** The alarms that composite alarms are among. */
export interface AlarmStates {
  stateOf: (name: string) => AlarmState | undefined;
  /** Takes up an alarm in its first state, of which nobody is told. */
  begin: (alarm: Deployed, judgement: Judgement) => void;
  /** Gives an alarm another state, and tells of it. */
  change: (alarm: Deployed, judgement: Judgement) => void;
  /** Takes the actions of the alarm's state. */
  act: (alarm: Deployed) => void;
}

interface Composite {
  alarm: Deployed;
  rule: AlarmRule;
  suppressor: string | undefined;
  suppression: { by: Suppression } | undefined;
  /** The state whose actions were taken last. */
  acted: AlarmState;
}

const PROPERTIES = new Set([
  ...['AlarmName', 'AlarmDescription', 'AlarmRule', 'ActionsEnabled', 'AlarmActions', 'OKActions', 'Tags'],
  ...['ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod', 'ActionConfiguration'],
]);

const SECOND = 1000;

const CREATED: Judgement = {
  state: 'INSUFFICIENT_DATA',
  reason: 'Unchecked: Initial alarm creation',
  reasonData: undefined,
};

/**
 * Composite alarms: judged when an alarm that they watch has changed its state, and at no other time. Their actions wait for the
 * suppressor, as "Suppressing composite alarm actions" in the CloudWatch guide describes: while it is in ALARM, for the wait period after
 * a change of the composite alarm, and for the extension period after the suppressor has left ALARM. When the last of these is over,
 * the actions of the state that it is in by then are taken, unless they were taken last. A change of the suppression alone is no event:
 * whether CloudWatch sends one is documented nowhere.
 */
export class CompositeAlarms {
  private readonly account: Account;
  private readonly states: AlarmStates;
  private readonly composites = new Map<string, Composite>();

  constructor(account: Account, isNew: boolean, states: AlarmStates) {
    this.account = account;
    this.states = states;
    const deployed = account.ofType(TYPE).map(alarm => toComposite(alarm));
    const alarms = account.ofType('AWS::CloudWatch::Alarm').map(({ ref }) => ref);
    for (const composite of inOrder(deployed, alarms))
      account.whenCreated(composite.alarm, () => {
        this.take(composite, isNew ? CREATED : this.judgement(composite, 'OK since yesterday'));
        if (isNew) this.judgeSoon();
      });
    account.provide('cloudwatch', {
      PutCompositeAlarm: {
        resources: ({ AlarmName }) => [this.arnOf(AlarmName)],
        run: input => this.put(input),
      },
    });
  }

  /** Lets the suppressor hold back the actions of a composite alarm's new state; true if they are held back. */
  holdsBack(name: string): boolean {
    const composite = this.composites.get(name);
    if (!composite) return false;
    const { suppressor, suppression } = composite;
    if (suppressor === undefined || suppression) return suppression !== undefined;
    return this.suppress(composite, 'WaitPeriod');
  }

  /** The reason why the alarm takes no actions now, in the words of DescribeAlarms without their capitals. */
  suppressionOf(name: string): { actionsSuppressedBy?: Suppression; actionsSuppressedReason?: string } {
    const by = this.composites.get(name)?.suppression?.by;
    return by ? { actionsSuppressedBy: by, actionsSuppressedReason: `Actions suppressed by ${by}` } : {};
  }

  /** Notes that the actions of a state were taken; false if the alarm takes none, or took the same last. */
  takesActions(name: string, state: AlarmState): boolean {
    const composite = this.composites.get(name);
    if (!composite) return true;
    const again = composite.acted === state;
    composite.acted = state;
    return !again && composite.alarm.properties['ActionsEnabled'] !== false;
  }

  /** Judges the alarms that watch one that has changed its state, and suppresses those whose suppressor it is. */
  changed({ ref: name, arn }: Deployed): void {
    for (const composite of this.composites.values()) {
      if (composite.suppressor === name) this.suppressorChanged(composite);
      if (composite.rule.alarms.includes(name)) this.judge(composite, arn);
    }
  }

  /** Judges every composite alarm in a minute, e.g. those that were just created. */
  judgeSoon(): void {
    if (this.composites.size === 0) return;
    this.account.clock.after(60 * SECOND, () => {
      for (const composite of this.composites.values()) this.judge(composite);
    });
  }

  /** The fields of a composite alarm that DescribeAlarms adds to those of every alarm; undefined for another alarm. */
  describe(name: string): Record<string, unknown> | undefined {
    const composite = this.composites.get(name);
    if (!composite) return undefined;
    const { AlarmRule, ActionsEnabled = true, AlarmActions = [], OKActions = [], ...rest } = composite.alarm.properties;
    const { ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = rest;
    const { actionsSuppressedBy: ActionsSuppressedBy, actionsSuppressedReason } = this.suppressionOf(name);
    return {
      ...{ AlarmRule, ActionsEnabled, AlarmActions, OKActions },
      ...{ ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod },
      ...{ ActionsSuppressedBy, ActionsSuppressedReason: actionsSuppressedReason },
    };
  }

  /** The part of an event's `configuration` that is a composite alarm's own. */
  configurationOf(name: string): Record<string, unknown> | undefined {
    const properties = this.composites.get(name)?.alarm.properties;
    return (
      properties && {
        description: properties['AlarmDescription'],
        alarmRule: properties['AlarmRule'],
        actionsSuppressor: properties['ActionsSuppressor'],
        actionsSuppressorWaitPeriod: properties['ActionsSuppressorWaitPeriod'],
        actionsSuppressorExtensionPeriod: properties['ActionsSuppressorExtensionPeriod'],
      }
    );
  }

  private put(input: Input): void {
    const { AlarmName: name, ...properties } = input;
    if (this.states.stateOf(name)) throw new Unsupported('PutCompositeAlarm', `changing ${name}, which exists`);
    const arn = this.arnOf(name);
    const alarm = { logicalId: name, type: TYPE, ref: name, arn, path: name, attributes: {}, properties };
    const composite = toComposite(alarm);
    const missing = watchedBy(composite).find(child => this.states.stateOf(child) === undefined);
    if (missing) throw new ServiceError('ValidationError', `Alarm ${missing} does not exist`);
    this.account.add(alarm);
    this.take(composite, CREATED);
    this.judgeSoon();
  }

  private take(composite: Composite, judgement: Judgement): void {
    composite.acted = judgement.state;
    this.composites.set(composite.alarm.ref, composite);
    this.states.begin(composite.alarm, judgement);
    if (this.isSuppressing(composite)) composite.suppression = { by: 'Alarm' };
  }

  private judge(composite: Composite, cause?: string): void {
    const { now } = this.account.clock;
    const judgement = this.judgement(composite, cause ? transitioned(cause, this.states, now) : 'Unchecked', cause);
    if (judgement.state !== this.states.stateOf(composite.alarm.ref)) this.states.change(composite.alarm, judgement);
  }

  private judgement({ rule }: Composite, reason: string, cause?: string): Judgement {
    const state = rule.holds(this.states.stateOf) ? 'ALARM' : 'OK';
    return { state, reason, reasonData: cause && triggeredBy(cause, this.states, this.account.clock.now) };
  }

  private suppressorChanged(composite: Composite): void {
    const by = composite.suppression?.by;
    if (this.isSuppressing(composite)) {
      if (by !== 'WaitPeriod') composite.suppression = { by: 'Alarm' };
    } else if (by === 'Alarm') this.suppress(composite, 'ExtensionPeriod');
  }

  /** Suppresses for a period, or not at all if that has no length. What comes after the period depends on the suppressor. */
  private suppress(composite: Composite, by: 'WaitPeriod' | 'ExtensionPeriod'): boolean {
    const suppression = { by };
    composite.suppression = suppression;
    const end = () => {
      if (composite.suppression !== suppression) return;
      composite.suppression = this.isSuppressing(composite) ? { by: 'Alarm' } : undefined;
      if (!composite.suppression) this.states.act(composite.alarm);
    };
    const seconds = composite.alarm.properties[`ActionsSuppressor${by}`];
    if (seconds > 0) this.account.clock.after(seconds * SECOND, end);
    else end();
    return true;
  }

  private isSuppressing({ suppressor }: Composite): boolean {
    return suppressor !== undefined && this.states.stateOf(suppressor) === 'ALARM';
  }

  private arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.account.region}:${ACCOUNT}:alarm:${name}`;
  }
}

/** @throws Unsupported for what CloudWatch would judge otherwise */
function toComposite(alarm: Deployed): Composite {
  const { properties } = alarm;
  const unknown = Object.keys(properties).find(property => !PROPERTIES.has(property));
  if (unknown) throw new Unsupported(`the composite alarm ${alarm.ref}`, unknown);
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = properties;
  if (ActionsSuppressor && !(ActionsSuppressorWaitPeriod >= 0 && ActionsSuppressorExtensionPeriod >= 0))
    throw new Unsupported(`the composite alarm ${alarm.ref}`, 'a suppressor without its two periods');
  const rule = parseAlarmRule(properties['AlarmRule']);
  const suppressor = ActionsSuppressor && alarmName(ActionsSuppressor);
  return { alarm, rule, suppressor, suppression: undefined, acted: 'OK' };
}

const watchedBy = ({ rule, suppressor }: Composite) => [...rule.alarms, ...(suppressor ? [suppressor] : [])];

/** Each after those that it watches. @throws Unsupported for a circle, and for an alarm that is not in the stack */
function inOrder(composites: readonly Composite[], alarms: readonly string[]): Composite[] {
  const ordered: Composite[] = [];
  const isKnown = (name: string) => alarms.includes(name) || ordered.some(({ alarm }) => alarm.ref === name);
  while (ordered.length < composites.length) {
    const next = composites.find(composite => !ordered.includes(composite) && watchedBy(composite).every(isKnown));
    if (!next) {
      const left = composites.filter(composite => !ordered.includes(composite)).map(({ alarm }) => alarm.ref);
      throw new Unsupported(`the composite alarm ${left.join(', ')}`, 'alarms in a circle, or of another stack');
    }
    ordered.push(next);
  }
  return ordered;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** The reason in CloudWatch's words. */
function transitioned(arn: string, { stateOf }: AlarmStates, now: number): string {
  const at = new Date(now);
  const [day, month] = [DAYS[at.getUTCDay()], MONTHS[at.getUTCMonth()]];
  const date = `${day} ${String(at.getUTCDate()).padStart(2, '0')} ${month}, ${at.getUTCFullYear()}`;
  return `${arn} transitioned to ${stateOf(alarmName(arn))} at ${date} ${at.toISOString().slice(11, 19)} UTC`;
}

const triggeredBy = (arn: string, { stateOf }: AlarmStates, now: number) =>
  JSON.stringify({
    triggeringAlarms: [{ arn, state: { value: stateOf(alarmName(arn)), timestamp: stamp(new Date(now)) } }],
  });
