import { describe, expect, it } from 'vitest';
import { breach } from '../../local/scenarios/breach.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;

const run = (world: RehearsalWorld, minutes: number) => world.clock.run(minutes * MINUTE, () => false);

const ask = (world: RehearsalWorld, asked: Record<string, unknown>) =>
  world.command({ by: 'grace', via: 'command line', requestId: JSON.stringify(asked), ...asked });

const act = (world: RehearsalWorld, by: string, act: Record<string, unknown>) =>
  ask(world, { do: 'act', by, incident: [...world.incidents.keys()][0], act });

const messages = ({ topics }: RehearsalWorld) =>
  topics.messages.map(({ channel, to, subject }) => [channel, to, subject]);
const asked = (world: RehearsalWorld) => timelineOf(world).filter(({ type }) => type === 'PublicationRequested');

describe('a question declared as a P4', () => {
  it('tells the first level once that an answer is due, and nobody anything else; an outage meanwhile is another incident', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    await ask(world, { do: 'open', title: 'May we export by XML?', severity: 'P4' });
    await run(world, 20);
    expect(messages(world)).toEqual([['email', 'ada@mockupaws.com', expect.stringContaining('P4')]]);
    expect(world.topics.messages[0]?.body).toContain('An answer is due by 2026-03-03 09:00 UTC: May we export by XML?');
    world.service.tasks.load = 4;
    await run(world, 15);
    const [question, outage] = [...world.incidents.values()];
    expect(question?.severity).toBe('P4');
    expect(question?.timeline.map(({ type }) => type)).not.toContain('ServiceMeasured');
    expect(outage?.timeline.map(({ type }) => type)).toContain('StepStarted');
  });
});

describe('a declared breach', () => {
  it('is not published when the commander says no by the link, and nobody is asked any more', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    world.people.answer({ to: 'ada@mockupaws.com', link: 'Acknowledge', after: 1, once: true });
    world.people.answer({ to: 'ada@mockupaws.com', link: 'Do not publish', after: 2, text: 'legal asked', once: true });
    await ask(world, { do: 'open', title: 'A token was published', securityBreach: true });
    await run(world, 90);
    expect(timelineOf(world).find(({ type }) => type === 'PublicationDeclined')).toMatchObject({
      by: 'ada',
      via: 'link',
    });
    expect(asked(world)).toHaveLength(1);
    expect(typesOf(world)).not.toContain('Published');
    expect(world.published).toEqual([]);
  });

  it('is asked of the commander, though somebody else is on call by then', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    breach.inject(world);
    await run(world, 6);
    await act(world, 'cleo', { type: 'take command' });
    await run(world, 10);
    const to = asked(world).map(({ seq }) =>
      timelineOf(world).flatMap(entry => (entry.type === 'PageSent' && entry['about'] === seq ? [entry['to']] : [])),
    );
    expect(to).toEqual([['ada'], ['cleo']]);
  });

  it('is published as the outage that is measured meanwhile, by itself and with the state that was measured', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    await ask(world, { do: 'open', title: 'A token was published', securityBreach: true });
    await run(world, 5);
    expect(world.published).toEqual([]);
    world.service.tasks.load = 4;
    await run(world, 15);
    const [incident] = [...world.incidents.values()];
    const published = incident?.timeline.find(({ type }) => type === 'Published');
    expect(published).toMatchObject({ by: 'automation' });
    expect(published?.['investigation']).toBeUndefined();
    expect(world.published.every(({ text }) => !/investigat\w+ a security|token/.test(text))).toBe(true);
  });
});
