import { expect, it } from 'vitest';
import good from '../../config/mockupaws-production.ts';
import { defineService, type ServiceConfig } from '../../lib/config/service-config.ts';

/** A configuration as an operator may write it, with no compiler beside it. */
export type Draft = Record<string, unknown> & {
  [Part in 'ecs' | 'database']: Record<string, unknown>;
} & {
  people: Record<string, unknown>;
  escalation: Record<string, unknown>[];
  database: { access: Record<string, unknown> };
};

export function faults(change: (config: Draft) => unknown, config: ServiceConfig = good): string[] {
  const draft = structuredClone(config) as unknown as Draft;
  change(draft);
  try {
    defineService(draft as unknown as ServiceConfig);
  } catch (error) {
    const [first, ...lines] = (error as Error).message.split('\n');
    expect(first).toMatch(/^The configuration of .+ is wrong:$/);
    return lines.map(line => line.trim());
  }
  throw new Error('this configuration was accepted');
}

export function each(cases: [change: (config: Draft) => unknown, fault: string][]): void {
  for (const [change, fault] of cases) it(fault, () => expect(faults(change)).toEqual([fault]));
}
