import { join } from 'node:path';
import { Processes } from '../rehearsal/processes.ts';
import { endedEarly, type Lived } from './lived.ts';
import type { Plan } from './plan.ts';

/** Processes that live worlds side by side, one for each core. */
export class Workers {
  readonly count: number;
  private readonly processes: Processes<Plan, Lived>;

  /** @param directory the synthesised app */
  constructor(directory: string, count?: number, module = join(import.meta.dirname, 'worker.ts')) {
    this.processes = new Processes({ module, given: [directory], ...(count && { count }) });
    this.count = this.processes.count;
  }

  /** Lives a world as soon as a process is free. One that ends its process is told as one that goes against a property. */
  live(plan: Plan): Promise<Lived> {
    return this.processes.ask(plan).catch((error: Error) => endedEarly(plan, error.message));
  }

  end(): void {
    this.processes.end();
  }
}
