import type { Entry, World } from '../world/world.ts';

/** Of the incident of the database; another may tell of what people notice. */
export const timeline = (world: World): Entry[] =>
  [...world.incidents.values()].find(({ timeline: [first] }) => first?.['playbook'] === 'DatabaseConnections')
    ?.timeline ?? [];
export const of = (world: World, type: string) => timeline(world).filter(entry => entry.type === type);
/** The levels called, in order. */
export const called = (world: World) => of(world, 'Escalated').map(({ level }) => level);
