/** The way ECS, or somebody else, puts a new version into place. */
export interface Configuration {
  /** Deployments of the last two are not ECS's own: it has no service deployments of them. */
  controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  strategy: 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';
  /** Minutes for which both versions run after the traffic has shifted. */
  bakeMinutes: number;
  /** Per cent of the traffic in the canary, or in each linear step. */
  percent: number;
  /** Minutes for which the canary, or each linear step, is watched. */
  stepMinutes: number;
}

export const ROLLING: Configuration = {
  controller: 'ECS',
  strategy: 'ROLLING',
  bakeMinutes: 0,
  percent: 10,
  stepMinutes: 5,
};

/** Seconds in which a rolling deployment replaces all tasks. */
const ROLLOUT_SECONDS = 240;
/** Seconds in which as many tasks as there are start beside them. */
const SCALE_UP_SECONDS = 60;

/** The state of a deployment so many seconds after it began. */
export interface Progress {
  /** Share of the traffic, and of the tasks that bear it, that is the target's: 0 to 1. */
  done: number;
  stage: 'SCALE_UP' | 'PRODUCTION_TRAFFIC_SHIFT' | 'BAKE_TIME';
  over: boolean;
}

/** A rolling deployment goes on from where it is; the others shift the traffic in steps, all at once within each. */
export function progress(
  { strategy, bakeMinutes, percent, stepMinutes }: Configuration,
  elapsed: number,
  seconds: number,
  done: number,
): Progress {
  const bake = bakeMinutes * 60;
  if (strategy === 'ROLLING') {
    const next = Math.min(1, done + seconds / ROLLOUT_SECONDS);
    if (next < 1) return { done: next, stage: 'SCALE_UP', over: false };
    return { done: 1, stage: 'BAKE_TIME', over: elapsed >= ROLLOUT_SECONDS + bake || bake === 0 };
  }
  const shares =
    strategy === 'BLUE_GREEN'
      ? [1]
      : strategy === 'CANARY'
        ? [percent / 100, 1]
        : Array.from({ length: Math.ceil(100 / percent) }, (_, i) => Math.min(1, ((i + 1) * percent) / 100));
  const step = Math.floor((elapsed - SCALE_UP_SECONDS) / (stepMinutes * 60));
  const shifted = SCALE_UP_SECONDS + (shares.length - 1) * stepMinutes * 60;
  if (elapsed < SCALE_UP_SECONDS) return { done: 0, stage: 'SCALE_UP', over: false };
  if (elapsed < shifted) return { done: shares[step] ?? 1, stage: 'PRODUCTION_TRAFFIC_SHIFT', over: false };
  return { done: 1, stage: 'BAKE_TIME', over: elapsed >= shifted + bake };
}

/** The share of a rolling deployment that is taken back in so many seconds; shifted traffic returns at once. */
export const takenBack = ({ strategy }: Configuration, seconds: number): number =>
  strategy === 'ROLLING' ? seconds / ROLLOUT_SECONDS : 1;

/** Tasks that run beside the usual ones, as a share of these: a rolling deployment starts all of its own at once. */
export function surge({ strategy }: Configuration, elapsed: number, done: number): number {
  const started = Math.min(1, elapsed / SCALE_UP_SECONDS);
  return strategy === 'ROLLING' ? started * (1 - done) : started;
}
