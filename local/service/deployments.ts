import { type Clock, ServiceError } from 'embedded-aws';
import { ids, type Leak, type Revision, Revisions } from './revisions.ts';
import { type Configuration, progress, ROLLING, surge, takenBack } from './strategy.ts';

export type { Leak, Revision };

export type DeploymentStatus =
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

/** A part of the service's tasks: those that one deployment started. */
export interface Part {
  /** The name of the scheduler's deployment in ECS: `ecs-svc/ID`. */
  scheduler: string;
  serviceRevision: string;
  revision: Revision;
  /** The share of all tasks, 0 to 1. */
  share: number;
}

/** One service deployment, as ECS remembers it. */
export interface Deployment {
  id: string;
  scheduler: string;
  /** The revision to deploy. */
  serviceRevision: string;
  configuration: Configuration;
  createdAt: number;
  finishedAt?: number;
  status: DeploymentStatus;
  reason?: string;
  stage?: string;
  rollbackAt?: number;
  /** The parts that ran when it began, the oldest first: more than one where it replaced another deployment. */
  before: Part[];
  /** The version to which it is rolled back. */
  source: Revision;
  target: Revision;
  /** Share of the tasks that run the target, 0 to 1. */
  done: number;
}

const DAY = 86_400_000;
/** Seconds for which a deployment that is to be stopped says so. */
const STOP_SECONDS = 10;

/** The versions of the service that were deployed: a bad one fails its share of requests until it is rolled back. */
export class Deployments {
  /** The latest first. */
  readonly history: Deployment[] = [];
  /** The configuration that deployments follow. */
  configuration: Configuration = ROLLING;
  /** The difference of a version with another size from the one that it comes from. */
  resized: Partial<Revision> = {};
  /** A rollback ends as ROLLBACK_FAILED, and takes nothing back. */
  rollbackFails = false;
  /** Hears of each deployment that a person makes. */
  tell: (does: string) => void = () => undefined;
  /** Is called before anything changes. */
  changing: () => void = () => undefined;
  private readonly clock: Clock;
  private readonly revisions = new Revisions();

  constructor(clock: Clock) {
    this.clock = clock;
    const former = ids('before');
    const before = [
      { scheduler: former.digits, serviceRevision: former.digits, revision: this.revision(40), share: 1 },
    ];
    this.history.push({
      ...{ ...this.made(this.revision(41), before), createdAt: clock.now - DAY, finishedAt: clock.now - DAY },
      ...{ status: 'SUCCESSFUL', done: 1 },
    });
  }

  get latest(): Deployment {
    const [latest] = this.history;
    if (!latest) throw new Error('a service has a deployment');
    return latest;
  }

  /** The version that runs, or is being put into place. */
  get wanted(): Revision {
    const { status, source, target } = this.latest;
    return status.startsWith('ROLLBACK') && status !== 'ROLLBACK_FAILED' ? source : target;
  }

  /** The parts that run now: the rest of former deployments first, then the latest one. */
  get parts(): Part[] {
    const { before, done, scheduler, serviceRevision, target: revision } = this.latest;
    const left = before.map(part => ({ ...part, share: part.share * (1 - done) }));
    return [...left, { scheduler, serviceRevision, revision, share: done }].filter(({ share }) => share > 0);
  }

  /** The service is deployed in another way, and always was. */
  configure(changes: Partial<Configuration>): void {
    this.configuration = { ...this.configuration, ...changes };
    for (const deployment of this.history) deployment.configuration = this.configuration;
  }

  /** The part that ECS is putting, or has put, into place. */
  get primary(): Part {
    const { scheduler, serviceRevision, before, done, target } = this.latest;
    const [source] = before;
    if (source && this.wanted === source.revision && this.latest.status.startsWith('ROLLBACK'))
      return { ...source, share: source.share * (1 - done) };
    return { scheduler, serviceRevision, revision: target, share: done };
  }

  /** A person deploys a new version. */
  deploy(errorShare = 0, leak?: Leak): void {
    const added = this.revisions.add(this.wanted, { errorShare, leak, tags: undefined });
    this.tell(`deploys revision ${added.number}`);
    this.begin(added.number);
  }

  /** Registers the current version with another size. What that does beside, a scenario may say. */
  register(cpu: number, memory: number, tags?: Revision['tags']): Revision {
    return this.revisions.add(this.wanted, { ...this.resized, cpu, memory, tags });
  }

  /**
   * Puts a version that is there into the place of the current one; forced, the same one anew. A deployment that is under
   * way is replaced: it stops where it is, and what it had started is part of what the new one replaces.
   */
  begin(number: number, forced = false): void {
    const target = this.revision(number);
    if (target === this.wanted && !forced) return;
    this.changing();
    const { latest } = this;
    const before = this.parts;
    if (this.underWay) {
      latest.reason = 'The service deployment was replaced by a newer one.';
      this.end(latest, 'STOPPED');
    }
    this.history.unshift(this.made(target, before));
  }

  /** Ends a deployment that is under way, and takes back what it did. One that is already being ended goes on so. */
  rollBack(id: string): void {
    const deployment = this.stoppable(id);
    if (deployment.status !== 'IN_PROGRESS') return;
    this.changing();
    deployment.status = 'ROLLBACK_REQUESTED';
    deployment.rollbackAt = this.clock.now;
  }

  /** Ends a deployment where it is. */
  abort(id: string): void {
    const deployment = this.stoppable(id);
    if (deployment.status !== 'IN_PROGRESS') return;
    this.changing();
    deployment.status = 'STOP_REQUESTED';
    deployment.rollbackAt = this.clock.now;
  }

  get underWay(): boolean {
    return this.latest.finishedAt === undefined;
  }

  /** Share of the requests that fail because of the versions that answer them. */
  get errorShare(): number {
    return this.parts.reduce((sum, { share, revision }) => sum + share * revision.errorShare, 0);
  }

  /** Tasks that a deployment runs beside the usual ones, as a share of these. */
  get surge(): number {
    const { configuration, createdAt, done } = this.latest;
    return this.underWay ? surge(configuration, (this.clock.now - createdAt) / 1000, done) : 0;
  }

  tick(seconds: number): void {
    if (!this.underWay) return;
    const { latest, clock } = this;
    const { configuration, createdAt, rollbackAt = clock.now } = latest;
    const stopping = clock.now - rollbackAt >= STOP_SECONDS * 1000;
    if (latest.status === 'STOP_REQUESTED') {
      if (stopping) this.end(latest, 'STOPPED');
    } else if (latest.status === 'ROLLBACK_REQUESTED') {
      if (stopping) latest.status = 'ROLLBACK_IN_PROGRESS';
    } else if (latest.status === 'ROLLBACK_IN_PROGRESS') {
      if (this.rollbackFails) this.end(latest, 'ROLLBACK_FAILED');
      else if (latest.done <= 0) this.restore(latest);
      else latest.done = Math.max(0, latest.done - takenBack(configuration, seconds));
    } else {
      const now = progress(configuration, (clock.now - createdAt) / 1000, seconds, latest.done);
      latest.done = now.done;
      latest.stage = now.stage;
      if (now.over) this.end(latest, 'SUCCESSFUL');
    }
  }

  revision(number: number): Revision {
    return this.revisions.find(number);
  }

  private restore(deployment: Deployment): void {
    deployment.before = deployment.before.slice(0, 1).map(part => ({ ...part, share: 1 }));
    this.end(deployment, 'ROLLBACK_SUCCESSFUL');
  }

  private end(deployment: Deployment, status: DeploymentStatus): void {
    deployment.status = status;
    deployment.finishedAt = this.clock.now;
  }

  /** @throws ServiceError where there is none, or it is over. */
  private stoppable(id: string): Deployment {
    const found = this.history.find(deployment => deployment.id === id);
    if (found?.configuration.controller !== 'ECS')
      throw new ServiceError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
    if (found.finishedAt !== undefined)
      throw new ServiceError('ConflictException', 'There is no ongoing deployment to be stopped.');
    return found;
  }

  private made(target: Revision, before: Part[]): Deployment {
    const { letters: id, digits: scheduler } = ids(`deployment ${this.history.length}`);
    const [first] = before;
    if (!first) throw new Error('something runs before a deployment');
    const serviceRevision = ids(`revision ${this.history.length}`).digits;
    return {
      ...{ id, scheduler, serviceRevision, configuration: this.configuration, createdAt: this.clock.now },
      ...{ status: 'IN_PROGRESS', before, source: first.revision, target, done: 0 },
    };
  }
}
