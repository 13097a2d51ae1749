import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { endedEarly, type Lived } from './lived.ts';
import type { Plan } from './plan.ts';

/** Worlds after which a process is ended and another one begun: what the worlds of one leave behind slows it down. */
const WORLDS = 40;

/** A process that lives one world after the other; a new one where there is none. */
class Worker {
  private readonly module: string;
  private readonly directory: string;
  private process: ChildProcess | undefined;
  private lived = 0;

  constructor(module: string, directory: string) {
    this.module = module;
    this.directory = directory;
  }

  async live(plan: Plan): Promise<Lived> {
    if (!this.process?.connected) this.process = fork(this.module, [this.directory], { execArgv: [] });
    const worker = this.process;
    const answer = Promise.withResolvers<Lived>();
    const died = (code: number | null, signal: string | null) => {
      this.process = undefined;
      answer.resolve(endedEarly(plan, `its process ended with ${code ?? signal}: ${JSON.stringify(plan)}`));
    };
    worker.once('message', (lived: Lived) => answer.resolve(lived)).once('exit', died);
    worker.send(plan);
    const lived = await answer.promise;
    worker.removeAllListeners();
    this.lived++;
    if (this.lived % WORLDS === 0) this.end();
    return lived;
  }

  end(): void {
    if (this.process?.connected) this.process.disconnect();
    this.process = undefined;
  }
}

/** Processes that live worlds side by side, one for each core. */
export class Workers {
  readonly count: number;
  private readonly all: Worker[];
  private readonly idle: Worker[];
  private readonly waiting: ((worker: Worker) => void)[] = [];

  /** @param directory the synthesised app */
  constructor(directory: string, count = availableParallelism(), module = join(import.meta.dirname, 'worker.ts')) {
    this.count = count;
    this.all = Array.from({ length: count }, () => new Worker(module, directory));
    this.idle = [...this.all];
  }

  /** Lives a world as soon as a process is free. One that ends its process is told as one that goes against a property. */
  async live(plan: Plan): Promise<Lived> {
    const worker = this.idle.pop() ?? (await new Promise<Worker>(resolve => this.waiting.push(resolve)));
    try {
      return await worker.live(plan);
    } finally {
      const next = this.waiting.shift();
      if (next) next(worker);
      else this.idle.push(worker);
    }
  }

  end(): void {
    for (const worker of this.all) worker.end();
  }
}
