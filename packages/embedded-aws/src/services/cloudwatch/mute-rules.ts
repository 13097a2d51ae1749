import { type Account, type Input, ServiceError } from '../../account/account.ts';
import { ACCOUNT } from '../../assembly/identities.ts';
import { stamp } from '../../engine/alarm.ts';
import { Unsupported } from '../../unsupported.ts';

interface MuteRule {
  name: string;
  arn: string;
  description: string | undefined;
  schedule: { Expression: string; Duration: string };
  alarms: readonly string[];
  start: number;
  end: number;
  updated: number;
}

const PAGE = 50;
const UNITS = { D: 86_400_000, H: 3_600_000, M: 60_000 } as const;

/**
 * Mute rules: while one is active, the alarms that it names change their states and tell of it, and take no actions. Only windows that are
 * opened once are supported, in UTC. When a window ends, an alarm takes the actions of its state if it changed meanwhile.
 */
export class MuteRules {
  private readonly account: Account;
  private readonly rules = new Map<string, MuteRule>();
  private readonly held = new Set<string>();
  private readonly release: (alarm: string) => void;

  /** @param release lets an alarm take the actions that were muted */
  constructor(account: Account, release: (alarm: string) => void) {
    this.account = account;
    this.release = release;
    account.provide('cloudwatch', {
      PutAlarmMuteRule: {
        resources: ({ Name, MuteTargets }) => [
          this.arnOf(Name),
          ...(MuteTargets?.AlarmNames ?? []).map((alarm: string) => this.arnOf(alarm, 'alarm')),
        ],
        run: input => this.put(input),
      },
      GetAlarmMuteRule: {
        resources: ({ AlarmMuteRuleName }) => [this.arnOf(AlarmMuteRuleName)],
        run: ({ AlarmMuteRuleName }) => this.describe(this.find(AlarmMuteRuleName)),
      },
      DeleteAlarmMuteRule: {
        resources: ({ AlarmMuteRuleName }) => [this.arnOf(AlarmMuteRuleName)],
        run: ({ AlarmMuteRuleName }) => {
          const rule = this.rules.get(AlarmMuteRuleName);
          this.rules.delete(AlarmMuteRuleName);
          if (rule) this.releaseAll(rule);
          return {};
        },
      },
      ListAlarmMuteRules: { resources: () => [this.arnOf('*')], run: input => this.list(input) },
    });
  }

  /** The part of an alarm's event that tells of the rule by which it is muted; undefined when it is not. */
  detailOf(alarm: string): Record<string, string> | undefined {
    const rule = this.ruleOf(alarm);
    return (
      rule && {
        mutedByArn: rule.arn,
        muteWindowStart: stamp(new Date(rule.start)),
        muteWindowEnd: stamp(new Date(rule.end)),
      }
    );
  }

  /** Holds back the actions of an alarm's new state; false if it is not muted. */
  holdsBack(alarm: string): boolean {
    if (!this.ruleOf(alarm)) return false;
    this.held.add(alarm);
    return true;
  }

  private ruleOf(alarm: string): MuteRule | undefined {
    return [...this.rules.values()].find(rule => rule.alarms.includes(alarm) && this.statusOf(rule) === 'ACTIVE');
  }

  private statusOf({ start, end }: MuteRule): 'SCHEDULED' | 'ACTIVE' | 'EXPIRED' {
    const { now } = this.account.clock;
    if (now < start) return 'SCHEDULED';
    return now < end ? 'ACTIVE' : 'EXPIRED';
  }

  /** Creates or changes a rule, as PutAlarmMuteRule does. */
  put({ Name: name, Description: description, Rule, MuteTargets, ...more }: Input) {
    const [unknown] = Object.keys(more);
    if (unknown) throw new Unsupported('PutAlarmMuteRule', unknown);
    const { Expression, Duration, ...zone } = Rule.Schedule;
    const at = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2})\)$/.exec(Expression)?.[1];
    if (!at || Object.keys(zone).length > 0)
      throw new Unsupported('PutAlarmMuteRule', 'a window that recurs, or has a zone');
    const start = Date.parse(`${at}Z`);
    const end = start + milliseconds(Duration);
    const { now } = this.account.clock;
    const schedule = { Expression, Duration };
    const alarms: string[] = MuteTargets?.AlarmNames ?? [];
    const rule: MuteRule = { name, arn: this.arnOf(name), description, schedule, alarms, start, end, updated: now };
    this.rules.set(name, rule);
    this.account.clock.after(Math.max(0, end - now), () => {
      if (this.rules.get(name) === rule) this.releaseAll(rule);
    });
    return {};
  }

  private releaseAll({ alarms }: MuteRule): void {
    for (const alarm of alarms) if (!this.ruleOf(alarm) && this.held.delete(alarm)) this.release(alarm);
  }

  private list({ AlarmName, Statuses, MaxRecords = PAGE, NextToken, ...more }: Input) {
    const [unknown] = Object.keys(more);
    if (unknown) throw new Unsupported('ListAlarmMuteRules', unknown);
    const found = [...this.rules.values()]
      .filter(({ alarms }) => AlarmName === undefined || alarms.includes(AlarmName))
      .filter(rule => Statuses === undefined || Statuses.includes(this.statusOf(rule)))
      .sort((a, b) => a.name.localeCompare(b.name));
    const from = Number(NextToken ?? 0);
    const page = found.slice(from, from + MaxRecords);
    const next = from + page.length;
    return {
      AlarmMuteRuleSummaries: page.map(rule => {
        const { AlarmMuteRuleArn, Status, MuteType, LastUpdatedTimestamp } = this.describe(rule);
        return { AlarmMuteRuleArn, Status, MuteType, LastUpdatedTimestamp };
      }),
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  }

  private find(name: string): MuteRule {
    const rule = this.rules.get(name);
    if (!rule) throw new ServiceError('ResourceNotFoundException', `There is no mute rule ${name}`);
    return rule;
  }

  private describe(rule: MuteRule) {
    return {
      Name: rule.name,
      AlarmMuteRuleArn: rule.arn,
      Description: rule.description,
      Rule: { Schedule: rule.schedule },
      MuteTargets: { AlarmNames: rule.alarms },
      Status: this.statusOf(rule),
      LastUpdatedTimestamp: new Date(rule.updated),
      MuteType: 'ONE_TIME',
    };
  }

  private arnOf(name: string, kind = 'alarm-mute-rule'): string {
    return `arn:aws:cloudwatch:${this.account.region}:${ACCOUNT}:${kind}:${name}`;
  }
}

/** Days, hours and minutes of a duration in ISO 8601, as `PT4H` or `P2DT12H`. */
function milliseconds(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration);
  const [days, hours, minutes] = (parts ?? []).slice(1).map(part => Number(part ?? 0));
  const length = (days ?? 0) * UNITS.D + (hours ?? 0) * UNITS.H + (minutes ?? 0) * UNITS.M;
  if (length < UNITS.M || length > 15 * UNITS.D)
    throw new ServiceError('ValidationError', `Duration ${duration} must be between PT1M and P15D`);
  return length;
}
