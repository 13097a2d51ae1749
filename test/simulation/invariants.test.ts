import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { WorldEvent } from 'embedded-aws';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { fold } from '../../lambda/domain/incident/evolve.ts';
import { isOpen } from '../../lambda/domain/incident/incident.ts';
import type { Policy } from '../../lambda/domain/incident/policy.ts';
import type { RehearsalFaults } from '../../local/world/faults.ts';
import { type Entry, type RecordedIncident, RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf, typesOf } from './world.ts';

/** Acts that stop once an incident is resolved. */
const ACTS = [
  'Escalated',
  'StepStarted',
  'ResponseRequested',
  'ApprovalRequested',
  'HandedOver',
  'Acknowledged',
  'SignalFired',
];

/** Watches a world while it lives, and holds it to the invariants of the design at every moment. */
class Witness {
  readonly fired: string[] = [];
  private readonly seen = new Map<string, string[]>();
  private readonly world: RehearsalWorld;

  constructor(world: RehearsalWorld) {
    this.world = world;
    world.account.listen(happened => this.note(happened));
  }

  private note(happened: WorldEvent): void {
    if (
      happened.type === 'alarm' &&
      happened['state'] === 'ALARM' &&
      String(happened['name']).includes('database-connections')
    ) {
      this.fired.push(`alarm:${happened['name']}`);
    }
    if (!happened['incident']) return;
    this.onlyOneIsOpen();
    this.timelineOnlyGrows(String(happened['incident']));
  }

  private onlyOneIsOpen(): void {
    const open = [...this.world.incidents.values()].filter(({ status }) => isOpen({ status } as never));
    const playbooks = open.map(({ timeline }) => timeline[0]?.['playbook']);
    expect(new Set(playbooks).size).toBe(playbooks.length);
  }

  private timelineOnlyGrows(id: string): void {
    const timeline = (this.world.incidents.get(id)?.timeline ?? []).map(entry => JSON.stringify(entry));
    const before = this.seen.get(id) ?? [];
    expect(before.every((entry, i) => timeline[i] === entry)).toBe(true);
    this.seen.set(id, timeline);
  }

  /** Invariants 1 to 6, when all has been said. */
  async judge(): Promise<void> {
    this.everySignalHasItsIncident();
    for (const incident of this.world.incidents.values()) {
      const state = await this.foldOf(incident);
      expect({ status: state.status, severity: state.severity }).toEqual({
        status: incident.status,
        severity: incident.severity,
      });
      expect(incident.timeline.map(({ seq }) => seq)).toEqual(incident.timeline.map((_, i) => i));
      this.nothingAfterResolution(incident.timeline);
      this.everyStepOnceAndGuarded(incident.timeline);
      this.failuresReachAPerson(incident.timeline);
    }
  }

  /** The table holds the policy as an item of its own, whose hash the first event names. */
  private async foldOf({ timeline: [opened, ...others] }: RecordedIncident) {
    const tables = this.world.account.ofType('AWS::DynamoDB::GlobalTable');
    const table = tables.find(({ properties }) => properties['KeySchema'].length === 2);
    const Key = marshall({ pk: `policy/${opened?.['policy']}`, sk: '-' });
    const get = new GetItemCommand({ TableName: table?.ref, Key });
    const { Item } = await this.world.client(DynamoDBClient).send(get);
    const policy: Policy = JSON.parse(Item?.['content']?.S ?? '');
    return fold([{ ...opened, policy }, ...others] as IncidentEvent[]);
  }

  /** An alarm that was overtaken by its own OK is known to its incident as cleared. */
  private everySignalHasItsIncident(): void {
    const known = timelineOf(this.world)
      .filter(({ type }) => type.startsWith('Signal'))
      .map(({ key }) => key);
    if (this.world.queues.total > 0) {
      expect(this.world.topics.messages.map(({ subject }) => subject).join()).toContain('dead-letters');
      return;
    }
    for (const key of this.fired) expect(known).toContain(key);
  }

  private nothingAfterResolution(timeline: Entry[]): void {
    const resolved = timeline.findIndex(({ type }) => type === 'Resolved');
    if (resolved === -1) return;
    expect(timeline.slice(resolved + 1).filter(({ type }) => ACTS.includes(type))).toEqual([]);
  }

  private everyStepOnceAndGuarded(timeline: Entry[]): void {
    const started = timeline.filter(({ type }) => type === 'StepStarted');
    expect(new Set(started.map(({ run }) => run)).size).toBe(started.length);
    const refused = started.flatMap(({ guardrails, preview }) =>
      guardrails.filter(({ passed, guardrail }: Entry) => !passed && !(preview && guardrail === 'mode')),
    );
    expect(refused).toEqual([]);
    expect(this.world.runbooks.runs.length).toBeLessThanOrEqual(
      timelineOf(this.world).filter(({ type }) => type === 'StepStarted').length,
    );
  }

  private failuresReachAPerson(timeline: Entry[]): void {
    const types = timeline.map(({ type }) => type);
    const open = !types.includes('Resolved');
    const ended = timeline.filter(({ type, outcome }) => type === 'ResponseEnded' && outcome === 'handed over');
    if (ended.length > 0) expect(types).toContain('HandedOver');
    if (open) expect(types.some(type => type === 'HandedOver' || type === 'Escalated')).toBe(true);
  }
}

const live = async (seed: number, faults: RehearsalFaults, minutes = 50) => {
  const world = await RehearsalWorld.create(assembly(), seed, faults);
  const witness = new Witness(world);
  await suffer(world, minutes);
  return { world, witness };
};

describe('invariants 1 to 6', () => {
  it('hold whatever is delivered twice, late, or lost and tried again', async () => {
    const chance = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
    const faults = fc.record({
      duplicated: chance(0.6),
      late: fc.integer({ min: 0, max: 150 }),
      lost: chance(0.15),
      unheard: chance(0.15),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), faults, async (seed, given) => {
        const { witness } = await live(seed, given);
        expect(witness.fired.length).toBeGreaterThan(0);
        await witness.judge();
      }),
      { numRuns: 4 },
    );
  });

  it.each(['diagnose', 'classify', 'plan', 'verify', 'kill-idle-connections'])(
    'hold when %s always fails: a person is told',
    async broken => {
      const { world, witness } = await live(5, { broken: [broken] }, 80);
      await witness.judge();
      expect(typesOf(world)).toContain('HandedOver');
      expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('NEEDS YOU');
      expect(typesOf(world)).not.toContain('Resolved');
    },
  );

  it('hold when even handing over fails: the watch finds the attempt stalled', async () => {
    const { world, witness } = await live(5, { broken: ['diagnose', 'hand-over'] }, 60);
    await witness.judge();
    expect(timelineOf(world).find(({ type }) => type === 'HandedOver')?.reason).toContain('no sign of life');
    expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('NEEDS YOU');
  });

  it('hold when intake always fails: the watch opens what is red, and the first level is told', async () => {
    const { world, witness } = await live(5, { broken: ['intake'] });
    await witness.judge();
    expect(world.incidents.size).toBe(1);
    expect(world.queues.total).toBe(0);
    expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('signals-waiting');
  });

  it('hold when the watch is silent: the first level is told directly', async () => {
    const { world } = await live(5, { broken: ['watch'] });
    expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('watch');
  });
});
