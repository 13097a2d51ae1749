import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { historyOf, type IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { type Incident, isOpen } from '../../lambda/domain/incident/incident.ts';
import { isUnderReview } from '../../lambda/domain/review/review.ts';
import type { Committed } from '../../lambda/runtime/command-handler.ts';
import {
  incidentsOfMonth,
  indexed,
  type ListedIncident,
  reindex,
  unfinished,
} from '../../lambda/store/incident-index.ts';
import { incidentsUnderReview, openIncidents } from '../../lambda/store/incident-lists.ts';
import { load, loadHistory } from '../../lambda/store/incidents.ts';
import { snapshotItem } from '../../lambda/store/keys.ts';
import { STATE_VERSION } from '../../lambda/store/snapshots.ts';
import type { Send } from './memory-table.ts';

/** As an incident or an event is after it went through the table. */
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** Remembers what was stored and answered about the incidents of a slot, and tells if the store ever contradicts itself. */
export class SlotRecord {
  readonly slot: string;
  private readonly table: Send;
  private readonly snapshots = new Map<number, number>();
  private readonly timelines = new Map<number, readonly IncidentEvent[]>();
  private readonly answered: Committed[] = [];

  constructor(slot: string, table: Send) {
    [this.slot, this.table] = [slot, table];
  }

  /** Keeps what a writer was told, to be held against what is stored in the end. */
  keep(committed: Committed): void {
    this.answered.push(plain(committed));
  }

  /** Every incident of the slot as it is stored now. */
  async incidents(): Promise<IncidentHistory[]> {
    const found: IncidentHistory[] = [];
    for (let number = 1; ; number++) {
      const history = await loadHistory({ slot: this.slot, number });
      if (!history) return found;
      found.push(history);
    }
  }

  /** At any moment: events only grow, one incident at most is open, and whoever looks for it finds it. */
  async check(): Promise<void> {
    const incidents = await this.incidents();
    for (const { number, timeline } of incidents) {
      const before = this.timelines.get(number) ?? [];
      expect(timeline.slice(0, before.length)).toEqual(before);
      expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, index) => index));
      this.timelines.set(number, timeline);
      await this.checkSnapshot(number);
    }
    expect(incidents.slice(0, -1).filter(isOpen)).toEqual([]);
    await this.areListed('open', incidents.filter(isOpen));
    await this.areListed('review', incidents.filter(isUnderReview));
  }

  /** A snapshot is never replaced by an older one. */
  private async checkSnapshot(number: number): Promise<void> {
    const Key = snapshotItem({ slot: this.slot, number });
    const get = new GetCommand({ TableName: process.env['INCIDENTS_TABLE'], Key, ConsistentRead: true });
    const { Item } = (await this.table(get)) as { Item?: { stateVersion: number; version: number } };
    if (Item?.stateVersion !== STATE_VERSION) return;
    expect(Item.version).toBeGreaterThanOrEqual(this.snapshots.get(number) ?? 0);
    this.snapshots.set(number, Item.version);
  }

  /** An incident that is over may still be listed as open, until the watch has repaired it. */
  private async areListed(state: 'open' | 'review', incidents: readonly Incident[]): Promise<void> {
    if (incidents.length === 0) return;
    const listed = [...(await unfinished('open')), ...(state === 'review' ? await unfinished('review') : [])];
    const numbers = listed.filter(({ slot }) => slot === this.slot).map(({ number }) => number);
    expect(numbers).toEqual(expect.arrayContaining(incidents.map(({ number }) => number)));
  }

  /** At the end: nothing that was answered is missing, and every way to read an incident gives the same. */
  async checkAll(): Promise<IncidentHistory[]> {
    await this.check();
    const incidents = await this.incidents();
    for (const { timeline, ...state } of incidents) {
      expect(await load({ slot: this.slot, number: state.number })).toEqual(state);
      const commands = timeline.map(({ command }) => command);
      const runs = commands.filter((command, index) => command !== commands[index - 1]);
      expect(new Set(runs).size, 'each command was committed once').toBe(runs.length);
    }
    for (const { incident, events } of this.answered) {
      if (!incident) continue;
      const { timeline } = incidents[incident.number - 1] as IncidentHistory;
      for (const event of events) expect(timeline[event.seq]).toEqual(event);
      const { timeline: _, ...then } = historyOf(timeline.slice(0, incident.version));
      expect(incident).toEqual(plain(then));
    }
    await this.checkIndex(incidents);
    return incidents;
  }

  /** After the watch has looked, the indexes say what the incidents are. */
  private async checkIndex(incidents: readonly IncidentHistory[]): Promise<void> {
    const found = await Promise.all([openIncidents(), incidentsUnderReview()]);
    expect(found.flatMap(({ failures }) => failures)).toEqual([]);
    await Promise.all(found.flatMap(({ stale }) => stale).map(reindex));
    const mine = (listed: ListedIncident[]) => listed.filter(({ slot }) => slot === this.slot);
    const listed = await Promise.all(
      [...new Set(incidents.map(({ openedAt }) => openedAt.slice(0, 7)))].map(incidentsOfMonth),
    );
    for (const incident of incidents) {
      const { version: _, ...attributes } = plain(indexed(incident));
      const { number } = incident;
      expect(mine(listed.flat()).find(other => other.number === number)).toEqual({
        slot: this.slot,
        number,
        ...attributes,
      });
    }
    for (const state of ['open', 'review'] as const) {
      const expected = incidents.filter(incident => indexed(incident).unfinished === state);
      expect(
        mine(await unfinished(state))
          .map(({ number }) => number)
          .sort(),
      ).toEqual(expected.map(({ number }) => number));
    }
  }
}
