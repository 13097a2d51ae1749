import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { handle } from '../../lambda/domain/decide.ts';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { type Incident, isOpen } from '../../lambda/domain/incident/incident.ts';
import { DECLARED, DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { atLeast, type Severity } from '../../lambda/domain/kernel/severity.ts';
import { mergeFault, mergeId } from '../../lambda/domain/merge.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { minute, of, playbookIn, policy, step, temporary, types } from '../support/story.ts';

const base = policy([step('first'), temporary('scale')]);
const POLICY = {
  ...base,
  playbooks: [
    ...base.playbooks,
    { ...playbookIn(base), name: 'Cache', title: 'Cache', alarms: { cache: 'warning' as const }, independent: true },
    DECLARED_PLAYBOOK,
  ],
};

/** Several incidents of a service, told minute by minute. */
class Service {
  now = minute(0);
  incidents: Incident[] = [];
  events: (IncidentEvent & { incident: string })[] = [];
  private count = 0;

  /** The incident in which the trouble of a slot goes on. */
  current(slot: string): Incident | undefined {
    let found = this.incidents.filter(incident => incident.slot === slot).at(-1);
    while (found?.mergedInto) found = this.named(found.mergedInto.id);
    return found;
  }

  named(id: string): Incident {
    const found = this.incidents.find(incident => incident.id === id);
    if (!found) throw new Error(`there is no incident ${id}`);
    return found;
  }

  get open(): Incident[] {
    return this.incidents.filter(isOpen);
  }

  tell(before: Incident | undefined, told: object): string | undefined {
    const { incident, events, refused } = handle(
      before,
      { id: `command ${++this.count}`, ...told } as Command,
      this.now,
    );
    if (!incident || refused) return refused;
    const known = this.incidents.findIndex(({ id }) => id === incident.id);
    this.incidents.splice(known < 0 ? this.incidents.length : known, known < 0 ? 0 : 1, incident);
    this.events.push(...events.map(event => ({ ...event, incident: incident.id })));
    return undefined;
  }

  receives(slot: string, changes: Partial<Signal>): Incident {
    const number = this.incidents.filter(incident => incident.slot === slot).length + 1;
    const id = `INC-2026-04-07-00${this.incidents.length + 1}`;
    const about = {
      id: `signal ${++this.count}`,
      state: 'firing',
      level: 'critical',
      service: POLICY.service,
      at: this.now,
    };
    const signals = [
      { ...about, key: 'alarm:critical', playbook: playbookIn(POLICY).name, summary: 'red', ...changes },
    ];
    this.tell(this.current(slot), { type: 'receive signals', signals, policy: POLICY, openAs: { id, number, slot } });
    return this.current(slot) as Incident;
  }

  declares(severity: Severity = 'P1'): Incident {
    const declared = severity === 'P1' ? { dataLoss: true, text: 'orders' } : { severity, text: 'orders' };
    const key = `declared:${this.count}`;
    const level = severity === 'P4' ? ('info' as const) : ('critical' as const);
    return this.receives(`${POLICY.service}/${key}`, { key, level, playbook: DECLARED, reporter: 'grace', declared });
  }

  /** The attempt of an incident ends without a step. */
  ends(incident: Incident): void {
    this.tell(this.named(incident.id), { type: 'end response', attempt: incident.attempt?.number, reason: 'no step' });
  }

  merges(from: Incident, into: Incident, commits = 2): string | undefined {
    const [one, other] = [this.named(from.id), this.named(into.id)];
    if (one.mergedInto?.id === other.id) return undefined;
    const fault = mergeFault(one, other);
    if (fault) return fault;
    const person = { id: mergeId(one, other), by: 'ada' };
    const refused = this.tell(other, { type: 'absorb', other: one, ...person });
    return refused ?? (commits > 1 ? this.tell(one, { type: 'merge into', into: other, ...person }) : undefined);
  }
}

function both(severity: Severity = 'P1') {
  const service = new Service();
  const trouble = service.receives(POLICY.service, {});
  service.ends(trouble);
  const declared = service.declares(severity);
  if (severity !== 'P4') service.ends(declared);
  return { service, trouble, declared };
}

describe('a merge', () => {
  it('calls people when the severity rises above what they were told, and not for what somebody has acknowledged', () => {
    for (const acknowledged of [false, true]) {
      const { service, trouble, declared } = both();
      service.tell(service.named(trouble.id), { type: 'acknowledge', by: 'ben' });
      if (acknowledged) service.tell(service.named(declared.id), { type: 'acknowledge', by: 'ada' });
      const before = service.events.length;
      service.now = minute(1);
      expect(service.merges(declared, trouble)).toBeUndefined();
      expect(of(service.events.slice(before), 'Escalated').map(({ reason }) => reason)).toEqual(
        acknowledged ? [] : [`${declared.id} is merged into it, a P1`],
      );
      expect(service.named(trouble.id)).toMatchObject({ severity: 'P1', commander: 'ben', declared: { dataLoss: 1 } });
    }
  });

  it('takes over an acknowledgement of what is as severe, and leaves the merged one nothing to do', () => {
    const { service, trouble, declared } = both();
    service.tell(service.named(declared.id), { type: 'acknowledge', by: 'ada' });
    service.merges(declared, trouble);
    expect(service.named(trouble.id)).toMatchObject({ acknowledged: { by: 'ada' }, commander: 'ada' });
    service.now = minute(5000);
    expect(obligations(service.named(declared.id), service.now)).toEqual([]);
  });

  it('takes over once, also when the command is not remembered any more', () => {
    const { service, trouble, declared } = both();
    service.merges(declared, trouble, 1);
    const before = service.events.length;
    expect(service.tell(service.named(trouble.id), { type: 'absorb', other: declared, by: 'ada' })).toBeUndefined();
    expect(service.events).toHaveLength(before);
  });

  it('of a question holds nothing open that it says nothing is wrong with', () => {
    const { service, trouble, declared } = both('P4');
    service.merges(declared, trouble);
    expect(Object.keys(service.named(trouble.id).signals)).toEqual(['alarm:critical']);
  });

  it('of two incidents into each other at once leaves the earlier one', () => {
    const { service, trouble, declared } = both();
    service.merges(declared, trouble, 1);
    service.merges(trouble, declared, 1);
    expect(service.merges(trouble, declared)).toBe(`${declared.id} is being merged into ${trouble.id}`);
    expect(service.merges(declared, trouble)).toBeUndefined();
    expect(service.open.map(({ id }) => id)).toEqual([trouble.id]);
  });

  it.each<[string, (service: Service, trouble: Incident) => Incident, RegExp]>([
    ['while its automation is at work', (_, trouble) => trouble, /^automation is at work on/],
    ['a drill with a real one', (service, trouble) => ({ ...service.named(trouble.id), drill: true }), /is a drill/],
    ['another service’s', (service, trouble) => ({ ...service.named(trouble.id), service: 'shop' }), /is of shop/],
  ])('is refused: %s', (_, changed, reason) => {
    const service = new Service();
    const trouble = service.receives(POLICY.service, {});
    const from = changed(service, trouble);
    if (from !== trouble) service.ends(trouble);
    expect(mergeFault(from, service.declares())).toMatch(reason);
  });

  it('is refused while a change is left, which it names', () => {
    const { service, trouble, declared } = both();
    const run = { run: 'r', playbook: playbookIn(POLICY).name, step: 'scale', status: 'succeeded', dryRun: false };
    const changed = { ...service.named(trouble.id), runs: [run] } as unknown as Incident;
    expect(mergeFault(changed, declared)).toBe(
      `scale of ${trouble.id} has left a change: npx incident revert ${trouble.id} scale, or merge the other into it`,
    );
  });
});

const SLOTS = { critical: POLICY.service, warning: POLICY.service, cache: `${POLICY.service}/Cache` } as const;
const alarm = fc.constantFrom(...(Object.keys(SLOTS) as (keyof typeof SLOTS)[]));
const which = fc.nat(5);
const deeds = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('signal' as const),
      alarm,
      state: fc.constantFrom('firing' as const, 'cleared' as const),
    }),
    fc.record({ do: fc.constant('declare' as const), severity: fc.constantFrom<Severity>('P1', 'P4') }),
    fc.record({ do: fc.constantFrom('acknowledge' as const, 'end' as const, 'resolve' as const), which }),
    fc.record({ do: fc.constant('merge' as const), which, into: which, commits: fc.constantFrom(1, 2, 2, 2) }),
  ),
  { minLength: 5, maxLength: 30, size: 'max' },
);

let merged = 0;

test('whatever the order of signals, acknowledgements and merges: one open incident a trouble, nobody called twice for what they acknowledged', () => {
  fc.assert(
    fc.property(deeds, all => {
      const service = new Service();
      for (const [index, deed] of all.entries()) {
        service.now = minute(index);
        const from = service.events.length;
        const before = new Map(service.incidents.map(incident => [incident.id, incident]));
        const chosen =
          'which' in deed ? service.incidents[deed.which % Math.max(1, service.incidents.length)] : undefined;
        if (deed.do === 'signal') {
          const cache = deed.alarm === 'cache';
          service.receives(SLOTS[deed.alarm], {
            ...{
              key: `alarm:${deed.alarm}`,
              state: deed.state,
              level: deed.alarm === 'critical' ? 'critical' : 'warning',
            },
            ...(cache ? { playbook: 'Cache' } : {}),
          });
        } else if (deed.do === 'declare') service.declares(deed.severity);
        else if (!chosen) continue;
        else if (deed.do === 'merge') {
          const into = service.incidents[deed.into % service.incidents.length];
          if (into && service.merges(chosen, into, deed.commits) === undefined && deed.commits > 1) merged++;
          checkCalls(service, from, before, chosen.id);
        } else if (deed.do === 'end') service.ends(chosen);
        else service.tell(chosen, { type: deed.do, by: 'ada', reason: 'over' });
        for (const slot of new Set(service.incidents.map(({ slot }) => slot)))
          expect(service.open.filter(incident => incident.slot === slot).length).toBeLessThanOrEqual(1);
        // What fired last in a slot is known as firing to the open incident in which the slot's trouble goes on, and to no second one.
        if (deed.do === 'signal' && deed.state === 'firing') {
          const known = service.open.filter(({ signals }) => signals[`alarm:${deed.alarm}`]?.state === 'firing');
          expect(known.map(({ id }) => id)).toContain(service.current(SLOTS[deed.alarm])?.id);
        }
      }
      for (const { id, mergedInto } of service.incidents)
        if (mergedInto) {
          const own = service.events.filter(event => event.incident === id);
          const end = types(own).indexOf('MergedInto');
          expect(types(own).slice(end + 1)).toEqual([]);
          expect(service.named(mergedInto.id).absorbed).toContain(id);
        }
    }),
    { numRuns: 300 },
  );
  expect(merged, 'merges that came about').toBeGreaterThan(50);
});

/** A merge calls people only for a severity above that of both, or of the one that nobody has acknowledged. */
function checkCalls(service: Service, from: number, before: Map<string, Incident>, id: string): void {
  for (const { incident } of of(service.events.slice(from) as IncidentEvent[], 'Escalated') as never as {
    incident: string;
  }[]) {
    const [one, into, after] = [before.get(id), before.get(incident), service.named(incident)];
    if (!one || !into) throw new Error('a merge opens nothing');
    const held = (one.acknowledged?.until ?? '') > service.now;
    expect(atLeast(into.severity, after.severity), 'it rises').toBe(false);
    if (held) expect(atLeast(one.severity, after.severity), 'it rises above what was acknowledged').toBe(false);
  }
}
