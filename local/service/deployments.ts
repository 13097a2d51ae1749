import { ServiceError } from '../account/account.ts';
import type { Clock } from '../clock.ts';

/** What makes a task hold more and more memory. */
export interface Leak {
  /** MiB. */
  perMinute: number;
  /** MiB at which it stops by itself; absent, it never does. */
  atMost?: number;
}

/** One version of the service: how much of what its tasks answer fails, what they leak, and how large they are. */
export interface Revision {
  number: number;
  errorShare: number;
  leak?: Leak | undefined;
  cpu: number;
  /** MiB. */
  memory: number;
}

const SIZE = { cpu: 1024, memory: 4096 };

/** One service deployment, as ECS remembers it. */
export interface Deployment {
  id: string;
  createdAt: number;
  status: 'IN_PROGRESS' | 'SUCCESSFUL' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_SUCCESSFUL';
  source: Revision;
  target: Revision;
  /** Share of the tasks that run the target, 0 to 1. */
  done: number;
}

/** Seconds in which a deployment replaces all tasks. */
const ROLLOUT_SECONDS = 240;
const DAY = 86_400_000;

/** The versions of the service that were deployed: a bad one fails its share of requests until it is rolled back. */
export class Deployments {
  /** The latest first. */
  readonly history: Deployment[] = [];
  private readonly clock: Clock;
  private readonly revisions: Revision[] = [
    { number: 40, errorShare: 0, ...SIZE },
    { number: 41, errorShare: 0, ...SIZE },
  ];
  private current: Revision;

  constructor(clock: Clock) {
    this.clock = clock;
    this.current = this.revision(41);
    const createdAt = clock.now - DAY;
    const before = this.revision(40);
    this.history.push({
      id: 'deployment-0',
      createdAt,
      status: 'SUCCESSFUL',
      source: before,
      target: this.current,
      done: 1,
    });
  }

  get latest(): Deployment | undefined {
    return this.history[0];
  }

  /** The version that runs, or is being put into place. */
  get wanted(): Revision {
    const [latest] = this.history;
    return latest?.status === 'IN_PROGRESS' ? latest.target : this.current;
  }

  /** Somebody deploys a new version. */
  deploy(errorShare: number, leak?: Leak): void {
    const number = Math.max(...this.revisions.map(revision => revision.number)) + 1;
    this.revisions.push({ ...this.current, number, errorShare, leak });
    this.begin(number);
  }

  /** Registers the current version with another size. What that does beside, a scenario may say. */
  register(cpu: number, memory: number): Revision {
    const number = Math.max(...this.revisions.map(revision => revision.number)) + 1;
    const registered = { ...this.current, ...this.resized, number, cpu, memory };
    this.revisions.push(registered);
    return registered;
  }

  /** How a version with another size differs from the one that it is of. */
  resized: Partial<Revision> = {};

  /** Puts a version that is there into the place of the current one; forced, the same one anew. */
  begin(number: number, forced = false): void {
    const target = this.revision(number);
    if (target === this.current && !forced) return;
    const id = `deployment-${this.history.length}`;
    const { now: createdAt } = this.clock;
    this.history.unshift({ id, createdAt, status: 'IN_PROGRESS', source: this.current, target, done: 0 });
  }

  /** Ends a deployment that is under way, and takes back what it did. */
  rollBack(id: string): void {
    const [latest] = this.history;
    if (latest?.id !== id || latest.status !== 'IN_PROGRESS')
      throw new ServiceError('ServiceDeploymentNotFoundException', 'There is no ongoing deployment to be stopped.');
    latest.status = 'ROLLBACK_IN_PROGRESS';
  }

  get underWay(): boolean {
    return this.history[0]?.status.endsWith('IN_PROGRESS') ?? false;
  }

  /** Share of the requests that fail because of the version that answers them. */
  get errorShare(): number {
    const [latest] = this.history;
    if (!latest || !this.underWay) return this.current.errorShare;
    return latest.done * latest.target.errorShare + (1 - latest.done) * latest.source.errorShare;
  }

  tick(seconds: number): void {
    const [latest] = this.history;
    if (!latest || !this.underWay) return;
    const forward = latest.status === 'IN_PROGRESS';
    latest.done += (forward ? seconds : -seconds) / ROLLOUT_SECONDS;
    if (forward && latest.done >= 1) this.end(latest, 'SUCCESSFUL', latest.target);
    if (!forward && latest.done <= 0) this.end(latest, 'ROLLBACK_SUCCESSFUL', latest.source);
  }

  private end(deployment: Deployment, status: Deployment['status'], current: Revision): void {
    deployment.status = status;
    this.current = current;
  }

  revision(number: number): Revision {
    const found = this.revisions.find(revision => revision.number === number);
    if (!found) throw new ServiceError('ClientException', 'Unable to describe task definition.');
    return found;
  }
}
