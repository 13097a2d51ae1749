import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;

/** A world in which CloudWatch gets of the metrics only what is let through. */
async function world(lets: (namespace: string, name: string) => boolean): Promise<RehearsalWorld> {
  const made = await RehearsalWorld.create(assembly(), 3);
  const put = made.metrics.put.bind(made.metrics);
  made.metrics.put = (...metric) => {
    if (lets(metric[0], metric[1])) put(...metric);
  };
  return made;
}

const opened = (made: RehearsalWorld) =>
  timelineOf(made).flatMap(entry => (entry.type === 'IncidentOpened' ? [entry['playbook']] : []));

describe('on a healthy service metrics that vanish tell at most that nobody sees, and nothing is done:', () => {
  it.each([
    ['AWS/RDS', ['Monitoring']],
    ['AWS/ECS', ['Monitoring']],
    ['AWS/ElastiCache', ['Monitoring']],
    ['AWS/ApplicationELB', []],
    ['IncidentResponse', ['Monitoring']],
  ])('%s', async (vanished, playbooks) => {
    const made = await world(namespace => namespace !== vanished);
    await made.clock.run(14 * MINUTE, () => false);
    expect(opened(made)).toEqual(playbooks);
    expect(made.runbooks.runs).toEqual([]);
    expect(made.changed).toEqual([]);
    expect(made.published).toEqual([]);
    // Only of its own silence the responder wakes people: then nobody sees.
    const woken = made.topics.messages.some(({ channel }) => channel === 'sms');
    expect(woken).toBe(vanished === 'IncidentResponse');
  });
});

describe('on a service with next to no requests', () => {
  it('one that fails is no incident, though a version was deployed just before', async () => {
    const made = await world(namespace => namespace !== 'AWS/ApplicationELB');
    const balancer = { LoadBalancer: made.service.shape.loadBalancer };
    const asked = (failed: number) => {
      const { metrics, clock } = made;
      for (const name of ['RequestCount', ...(failed > 0 ? ['HTTPCode_Target_5XX_Count'] : [])])
        Object.getPrototypeOf(metrics).put.call(metrics, 'AWS/ApplicationELB', name, balancer, 1, clock.now);
    };
    for (const minutes of [3, 6, 9]) made.clock.after(minutes * MINUTE, () => asked(0));
    made.clock.after(12 * MINUTE, () => made.service.deployments.deploy(0));
    made.clock.after(14 * MINUTE, () => asked(1));
    await made.clock.run(40 * MINUTE, () => false);
    expect(opened(made)).toEqual([]);
    expect(made.metrics.valuesOf('IncidentResponse', 'ErrorShare', { Service: 'mockupaws-production' }).at(-1)).toBe(0);
  });
});
