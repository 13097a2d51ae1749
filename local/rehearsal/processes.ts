import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Worlds after which a process is ended and another one begun: what the worlds of one leave behind slows it down. */
const WORLDS = 40;

export interface ProcessOptions {
  /** Begins each process: it gets tasks as messages, one by one, and answers each by one. */
  module: string;
  /** Its arguments. */
  given: string[];
  /** @default one for each core */
  count?: number;
}

/** A process that does one task after the other; a new one where there is none. */
class One<Task extends object, Answer> {
  private readonly options: ProcessOptions;
  private process: ChildProcess | undefined;
  private done = 0;

  constructor(options: ProcessOptions) {
    this.options = options;
  }

  async ask(task: Task): Promise<Answer> {
    const { module, given } = this.options;
    if (!this.process?.connected) this.process = fork(module, given, { execArgv: [] });
    const worker = this.process;
    const answer = Promise.withResolvers<Answer>();
    const died = (code: number | null, signal: string | null) => {
      this.process = undefined;
      answer.reject(new Error(`its process ended with ${code ?? signal}: ${JSON.stringify(task)}`));
    };
    worker.once('message', (given: Answer) => answer.resolve(given)).once('exit', died);
    worker.send(task);
    try {
      return await answer.promise;
    } finally {
      worker.removeAllListeners();
      this.done++;
      if (this.done % WORLDS === 0) this.end();
    }
  }

  end(): void {
    if (this.process?.connected) this.process.disconnect();
    this.process = undefined;
  }
}

/** Processes that do tasks side by side. */
export class Processes<Task extends object, Answer> {
  readonly count: number;
  private readonly all: One<Task, Answer>[];
  private readonly idle: One<Task, Answer>[];
  private readonly waiting: ((worker: One<Task, Answer>) => void)[] = [];

  constructor(options: ProcessOptions) {
    this.count = options.count ?? availableParallelism();
    this.all = Array.from({ length: this.count }, () => new One<Task, Answer>(options));
    this.idle = [...this.all];
  }

  /** Has a task done as soon as a process is free. @throws Error when the task ends its process */
  async ask(task: Task): Promise<Answer> {
    const worker = this.idle.pop() ?? (await new Promise<One<Task, Answer>>(resolve => this.waiting.push(resolve)));
    try {
      return await worker.ask(task);
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
