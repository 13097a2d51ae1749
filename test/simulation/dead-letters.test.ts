import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer } from './world.ts';

const MINUTE = 60_000;

/** A world in which no dead letter has been seen for days, and from a first one on, the minutes until operations are mailed of it. */
async function quiet(alarm: string, { broken = [] as string[], altered = assembly(), seed = 1 } = {}) {
  const world = await RehearsalWorld.create(altered, seed, { broken });
  const letters: number[] = [];
  world.account.listen(({ type, at }) => {
    if (type === 'dead letter') letters.push(Date.parse(at));
  });
  const told = () =>
    world.topics.messages
      .filter(({ subject }) => subject?.includes(alarm))
      .map(({ at }) => (Date.parse(at) - (letters[0] ?? Number.NaN)) / MINUTE);
  return { world, told };
}

const arnOf = ({ account }: RehearsalWorld, path: string) => account.find('AWS::SQS::Queue', path)?.arn ?? '';

describe('operations hear of it within two minutes, and once, when after quiet days', () => {
  it.each([1, 2, 3])('a page is lost for good (seed %i)', async seed => {
    const { world, told } = await quiet('page-dead-letters-waiting', { broken: ['page'], seed });
    await suffer(world, 60);
    expect(told()).toEqual([expect.closeTo(1, 0)]);
  });

  it('EventBridge may not call a function', async () => {
    const altered = assembly();
    for (const [id, { Type }] of Object.entries(altered.template.Resources))
      if (Type === 'AWS::Lambda::Permission' && id.includes('PageEntries')) delete altered.template.Resources[id];
    const { world, told } = await quiet('page-dead-letters-waiting', { altered });
    await suffer(world, 60);
    expect(told()).toEqual([expect.closeTo(1, 0)]);
  });

  it('a signal is not understood', async () => {
    const { world, told } = await quiet('intake-dead-letters-waiting');
    world.queues.send(arnOf(world, 'Intake/Queue'), 'hello', 'signals');
    await world.clock.run(60 * MINUTE);
    expect(told()).toEqual([expect.closeTo(1, 0)]);
  });
});
