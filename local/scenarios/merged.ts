import type { RecordedIncident, RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, PAGED } from './expectations.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const ADA = 'ada@mockupaws.com';

const declared = (world: RehearsalWorld): RecordedIncident | undefined =>
  [...world.incidents.values()].find(({ timeline }) => timeline[0]?.['reporter'] !== undefined);
const detected = (world: RehearsalWorld): RecordedIncident | undefined =>
  [...world.incidents.values()].find(({ timeline }) => timeline[0]?.['reporter'] === undefined);
const entries = (incident: RecordedIncident | undefined, type: string) =>
  incident?.timeline.filter(entry => entry.type === type) ?? [];

async function command(world: RehearsalWorld, by: string, asked: Record<string, unknown>): Promise<void> {
  const requestId = `${by}/${JSON.stringify(asked)}`;
  const { refused } = await world.command({ by, via: 'command line', requestId, ...asked });
  if (refused) throw new Error(`${by} was refused: ${refused}`);
}

const act = (world: RehearsalWorld, incident: RecordedIncident | undefined, deed: Record<string, unknown>) =>
  command(world, 'ada', { do: 'act', incident: incident?.id, act: deed });

function shown({ objects }: RehearsalWorld, key: string): string {
  const body = objects.find(objects.named('StatusPage/Bucket'), key)?.body;
  return new TextDecoder().decode(body);
}

const ONE_IS_PUBLIC: Expectation = {
  expectation: 'customers see one incident; the page of the other leads to it',
  holds: world => {
    const [from, into] = [declared(world)?.id, detected(world)?.id];
    const { incidents } = JSON.parse(shown(world, 'api/v2/incidents.json')) as { incidents: { id: string }[] };
    return (
      entries(declared(world), 'Published').length > 0 &&
      incidents.map(({ id }) => id).join() === into &&
      shown(world, `incidents/${from}.html`).includes(`/incidents/${into}.html`)
    );
  },
};

/** Two incidents turn out to be one trouble: a person says so. */
export const merged: Scenario = {
  name: 'merged',
  title: 'A data loss is declared beside an open incident: both are one, and are merged',
  story:
    'A migration holds every connection of the database. Support sees that orders are lost, and declares a data loss, which ' +
    'is an incident of its own. Ada finds that it is one trouble, and merges the second into the first. From then on there is ' +
    'one incident: for whoever is called, and for customers.',
  inject: world => {
    const { account, clock, people, service } = world;
    people.answer({ to: ADA, link: 'Acknowledge', after: 3 });
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a migration begins to hold sessions that are all at work', fault: true });
      const { maxConnections: atMost } = service.database;
      service.database.startLeak({ application: 'migration', state: 'active', perMinute: 620, atMost });
    });
    clock.after(12 * MINUTE, () =>
      command(world, 'grace', { do: 'open', title: 'Orders are lost', text: 'the last half hour', dataLoss: true }),
    );
    clock.after(20 * MINUTE, () => act(world, declared(world), { type: 'publish' }));
    clock.after(25 * MINUTE, () =>
      command(world, 'ada', { do: 'merge', incident: declared(world)?.id, into: detected(world)?.id }),
    );
    clock.after(40 * MINUTE, () => {
      account.emit('service', { change: 'the migration is stopped', fault: false });
      service.database.endLeak();
    });
    clock.after(60 * MINUTE, () =>
      act(world, detected(world), { type: 'resolve', reason: 'the migration was stopped, the orders are restored' }),
    );
  },
  minutes: 90,
  done: world => world.incidents.size > 1 && world.calm,
  expectations: [
    { expectation: 'two incidents are opened', holds: world => world.incidents.size === 2 },
    PAGED,
    {
      expectation: 'one is merged into the other, without being resolved',
      holds: world =>
        entries(declared(world), 'MergedInto').length === 1 &&
        entries(declared(world), 'Resolved').length === 0 &&
        entries(detected(world), 'Absorbed').length === 1,
    },
    {
      expectation: 'it is a P1, which one person resolves',
      holds: world => detected(world)?.severity === 'P1' && entries(detected(world), 'Resolved').length === 1,
    },
    {
      expectation: 'nobody is called because of the merge: both were acknowledged',
      holds: world => {
        const at = entries(declared(world), 'MergedInto')[0]?.at ?? '';
        return entries(detected(world), 'Escalated').every(call => call.at !== at);
      },
    },
    {
      expectation: 'the merged one is not reviewed',
      holds: world => entries(declared(world), 'PostMortemDrafted').length === 0,
    },
    ONE_IS_PUBLIC,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
