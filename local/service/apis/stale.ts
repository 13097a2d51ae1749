import type { Account, Random } from 'embedded-aws';
import type { RehearsalFaults } from '../../world/faults.ts';
import { READS_AFTER_CHANGE } from '../../world/undocumented.ts';

/** Seconds for which ECS and RDS may tell of the state before a change, unless the world says otherwise. */
const MOST_SECONDS = 10;

/** Reads that answer for a while with the state before a change. The seed decides how long, each time. */
export function staleReads<State>(
  now: () => State,
  { account, random, faults: { staleReads: given } }: { account: Account; random: Random; faults: RehearsalFaults },
) {
  let former: { until: number; state: State } | undefined;
  const { clock } = account;
  const read = () => (former && clock.now < former.until ? former.state : now());
  /** Is called before anything changes. */
  const changing = () => {
    const most =
      given ?? (account.undocumented.positionOn(READS_AFTER_CHANGE) === 'answer with the change' ? 0 : MOST_SECONDS);
    if (most > 0) former = { state: read(), until: clock.now + random.between(0, most) * 1000 };
  };
  return { read, changing };
}
