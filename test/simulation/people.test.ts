import { describe, expect, it } from 'vitest';
import { nobodyAnswers } from '../../local/scenarios/nobody-answers.ts';
import { acting } from '../../local/scenarios/of-playbook.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;

/** The links of every message sent, from a world in which nobody has answered yet. */
const linksOf = (world: RehearsalWorld, to: string, name: string) =>
  world.topics.messages.flatMap(message => {
    const url = message.to === to && message.body.match(new RegExp(`${name}:? +(https://\\S+)`))?.[1];
    return url ? [url] : [];
  });

describe('links', () => {
  it('that are opened change nothing, also those of the approval: it is declined by time', async () => {
    const world = await RehearsalWorld.create(assembly(), 4);
    nobodyAnswers.inject(world);
    world.account.listen(({ type }) => {
      const urls =
        type === 'message' ? (world.topics.messages.at(-1)?.body.match(/https:\S+lambda-url\S+/g) ?? []) : [];
      for (const url of urls) world.clock.after(1000, async () => void (await world.functions.request(url)));
    });
    await world.clock.run(80 * MINUTE, () => false);
    expect(linksOf(world, 'ada@mockupaws.com', 'Approve')).not.toEqual([]);
    expect(typesOf(world)).not.toContain('Acknowledged');
    expect(timelineOf(world).filter(({ type }) => type === 'ApprovalDeclined')).toMatchObject([{ by: 'time' }]);
    expect(
      acting(world)
        .map(({ name }) => name)
        .join(),
    ).not.toContain('raise-max-connections');
  });

  it('are another person’s own, and worth nothing to KMS of another account', async () => {
    const [world, other] = [await RehearsalWorld.create(assembly(), 4), await RehearsalWorld.create(assembly(), 5)];
    nobodyAnswers.inject(world);
    await world.clock.run(40 * MINUTE, () => false);
    const [ada] = linksOf(world, 'ada@mockupaws.com', 'Acknowledge');
    const [cleo] = linksOf(world, 'cleo@mockupaws.com', 'Acknowledge');
    expect(ada).not.toBe(cleo);
    expect((await world.functions.request(ada ?? '')).statusCode).toBe(200);
    expect((await other.functions.request(ada ?? '')).statusCode).toBe(403);
  });

  it('are left out when the key cannot be used, and people are paged all the same', async () => {
    const altered = assembly();
    for (const { Type, Properties: properties } of Object.values(altered.template.Resources)) {
      if (Type === 'AWS::KMS::Key' && properties?.['KeySpec'] === 'HMAC_256') properties['KeySpec'] = 'HMAC_512';
    }
    const world = await RehearsalWorld.create(altered, 4);
    nobodyAnswers.inject(world);
    await world.clock.run(25 * MINUTE, () => false);
    const pages = world.topics.messages.filter(({ to }) => to === 'ada@mockupaws.com');
    expect(pages[0]?.body).toMatch(/\n\nAnswer\n {2}npx incident ack INC-/);
    expect(world.queues.total).toBe(0);
  });
});
