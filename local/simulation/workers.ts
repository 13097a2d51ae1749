import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Lived } from './lived.ts';
import type { Plan } from './plan.ts';

/** Processes that live worlds side by side, one for each core. */
export class Workers {
  private readonly all: ChildProcess[];

  /** @param directory the synthesised app */
  constructor(directory: string, count = availableParallelism()) {
    this.all = Array.from({ length: count }, () => fork(join(import.meta.dirname, 'worker.ts'), [directory]));
  }

  /** Lives worlds until there are no more plans, and tells each as it ends. */
  async live(plans: Iterator<Plan>, tell: (lived: Lived, plan: Plan) => void): Promise<void> {
    await Promise.all(this.all.map(worker => this.work(worker, plans, tell)));
  }

  private work(worker: ChildProcess, plans: Iterator<Plan>, tell: (lived: Lived, plan: Plan) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let plan: Plan | undefined;
      const next = () => {
        plan = plans.next().value;
        if (plan) worker.send(plan);
        else resolve();
      };
      worker.removeAllListeners('message').on('message', (lived: Lived) => {
        if (plan) tell(lived, plan);
        next();
      });
      worker.once('exit', code => reject(new Error(`a world ended its process with ${code}: ${JSON.stringify(plan)}`)));
      next();
    });
  }

  end(): void {
    for (const worker of this.all) worker.removeAllListeners('exit').disconnect();
  }
}
