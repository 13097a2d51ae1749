import type { Clock, Random } from 'embedded-aws';
import type { RehearsalFaults } from '../../world/faults.ts';

/** Seconds for which ECS and RDS may tell of the state before a change, unless the world says otherwise. */
const MOST_SECONDS = 10;

/** Reads that answer for a while with the state before a change. The seed decides how long, each time. */
export function staleReads<State>(
  now: () => State,
  {
    clock,
    random,
    faults: { staleReads: most = MOST_SECONDS },
  }: { clock: Clock; random: Random; faults: RehearsalFaults },
) {
  let former: { until: number; state: State } | undefined;
  const read = () => (former && clock.now < former.until ? former.state : now());
  /** Is called before anything changes. */
  const changing = () => {
    if (most > 0) former = { state: read(), until: clock.now + random.between(0, most) * 1000 };
  };
  return { read, changing };
}
