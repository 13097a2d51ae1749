import type { Entry, RehearsalWorld } from '../world/world.ts';

/** Of the incident of the database; another may tell of what people notice. */
export const timeline = (world: RehearsalWorld): Entry[] =>
  [...world.incidents.values()].find(({ timeline: [first] }) => first?.['playbook'] === 'DatabaseConnections')
    ?.timeline ?? [];
export const of = (world: RehearsalWorld, type: string) => timeline(world).filter(entry => entry.type === type);
/** The levels called, in order. */
export const called = (world: RehearsalWorld) => of(world, 'Escalated').map(({ level }) => level);
