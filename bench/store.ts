import { setTimeout as pause } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import type { Signal } from '../lambda/domain/incident/signal.ts';
import { receive, receiveAll } from '../lambda/runtime/command-handler.ts';
import { client } from '../lambda/store/table.ts';
import { rehearse } from '../local/rehearsal/rehearse.ts';
import { withSynthesis } from '../local/rehearsal/synthesize.ts';
import { redisHealth } from '../local/scenarios/redis-health.ts';
import { close, listen, urlOf } from '../test/support/loopback.ts';
import { remoteTable } from '../test/support/remote-table.ts';
import { minute, policy } from '../test/support/story.ts';

/** Signals a second, as a share of what reading and writing conditionally by hand reaches. */
const GOAL = 0.8;

/** Less than this is a fault, on a busy machine too. */
const LIMIT = 0.5;
const SIGNALS = 160;
const ALARMS = 20;
/** Signals that intake takes at once. */
const BATCH = 10;

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
await listen(server);
Object.assign(process.env, {
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  ...{ AWS_ENDPOINT_URL_DYNAMODB: urlOf(server), INCIDENTS_TABLE: 'incidents' },
});
await remoteTable('incidents', urlOf(server));

const POLICY = policy([]);
let runs = 0;
let signals = 0;

const signalOf = (service: string): Signal => ({
  ...{
    id: `signal ${++signals}`,
    key: `alarm:${signals % ALARMS}`,
    state: 'firing',
    level: 'critical',
    service,
    playbook: 'DatabaseConnections',
  },
  ...{ at: minute(signals / 60), summary: 'Connections: 1700 (threshold 1635)' },
});

/** Reads the last item of a partition and writes the next, on the condition that nobody else has. */
async function byHand(slot: string, batch: readonly Signal[]): Promise<void> {
  for (let tries = 0; ; tries++) {
    const pk = `by hand/${slot}`;
    const { Items = [] } = await client.send(
      new QueryCommand({
        ...{ TableName: 'incidents', ConsistentRead: true, ScanIndexForward: false, Limit: 1 },
        ...{ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } },
      }),
    );
    const sk = String(Number(Items[0]?.['sk'] ?? 0) + 1).padStart(9, '0');
    try {
      const Item = { pk, sk, events: batch };
      await client.send(
        new PutCommand({ TableName: 'incidents', Item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
      return;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      await pause(Math.random() * Math.min(800, 20 * 2 ** tries));
    }
  }
}

async function byStore(_service: string, batch: readonly Signal[]): Promise<void> {
  for (const { outcome } of await receiveAll(batch, POLICY)) if (outcome.status === 'rejected') refused++;
}

let refused = 0;

/** Signals a second, when so many writers deal with batches of one incident or of several. */
async function speedOf(write: typeof byHand, writers: number, slots: readonly string[], size: number): Promise<number> {
  const batches = Array.from({ length: SIGNALS / size }, (_, i) => {
    const slot = slots[i % slots.length] ?? '';
    return { slot, batch: Array.from({ length: size }, () => signalOf(slot)) };
  });
  const before = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let next = batches.shift(); next; next = batches.shift()) await write(next.slot, next.batch);
    }),
  );
  return SIGNALS / ((performance.now() - before) / 1000);
}

/** Rounds of each setting: the two take turns, so that what else the machine does befalls both, and the median round counts. */
const ROUNDS = 5;

const medianOf = (values: number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

console.log(
  `signals a second, ${SIGNALS} signals, as a share of reading and writing by hand, median of ${ROUNDS} rounds (goal ${GOAL})`,
);
const shares: number[] = [];
for (const size of [1, BATCH])
  for (const incidents of [6, 1])
    for (const writers of [1, 8, 64]) {
      const rounds: { raw: number; store: number }[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const slots = Array.from({ length: incidents }, (_, i) => `Run${++runs}of${i}`);
        // The incident is open, as in any burst but for its first moment.
        for (const slot of slots) await receive(signalOf(slot), POLICY);
        const raw = round % 2 === 0 ? await speedOf(byHand, writers, slots, size) : 0;
        const store = await speedOf(byStore, writers, slots, size);
        rounds.push({ raw: raw || (await speedOf(byHand, writers, slots, size)), store });
      }
      // The first round warms up.
      const counted = rounds.slice(1);
      const share = medianOf(counted.map(({ raw, store }) => store / raw));
      shares.push(share);
      const [store, raw] = [medianOf(counted.map(round => round.store)), medianOf(counted.map(round => round.raw))];
      console.log(
        `  batches of ${String(size).padStart(2)}, ${incidents} incidents, ${String(writers).padStart(2)} writers: ` +
          `${store.toFixed(0).padStart(5)}/s, by hand ${raw.toFixed(0).padStart(5)}/s, ${share.toFixed(2)}`,
      );
    }
await close(server);
/** Single settings vary from run to run; their geometric mean hardly does. */
const mean = Math.exp(shares.reduce((sum, share) => sum + Math.log(share), 0) / shares.length);
console.log(
  `  on average ${mean.toFixed(2)}, ${(mean / GOAL).toFixed(2)} of the goal; ${refused} batches were refused`,
);
if (refused > 0 || !(mean >= LIMIT)) {
  console.error(`store: less than ${LIMIT} of reading and writing by hand, or batches were refused`);
  process.exitCode = 1;
}

/** Write units of the whole incident of `redis-health`, when one item held its timeline; and what they must not exceed. */
const UNITS = { scenario: redisHealth, seed: 1, before: 566, limit: 250 };

const { summary } = await withSynthesis(assembly => rehearse(UNITS.scenario, { assembly, seed: UNITS.seed }));
console.log(
  `write units of ${UNITS.scenario.name}, indexes included: ${summary.writeUnits}, ` +
    `${(summary.writeUnits / UNITS.before).toFixed(2)} of the ${UNITS.before} when one item held an incident (limit ${UNITS.limit})`,
);
if (summary.writeUnits > UNITS.limit) {
  console.error(`store: an incident costs more than ${UNITS.limit} write units`);
  process.exitCode = 1;
}
