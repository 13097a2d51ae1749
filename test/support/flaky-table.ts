import { ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { beforeEach } from 'vitest';
import type { Send } from './memory-table.ts';

/** The fate of a call: it is answered, it never arrives, or it does its work and its answer is lost. */
export type Fate = 'answered' | 'lost' | 'unheard';

/** Calls to the table of `useResponder` meet the fates in their order, and are answered when there are none left. */
export function useFlakyTable(table: { send: Send }): { fates: Fate[] } {
  const flaky: { fates: Fate[] } = { fates: [] };
  beforeEach(() => {
    flaky.fates = [];
    table.send = meeting(() => flaky.fates.shift() ?? 'answered', table.send);
  });
  return flaky;
}

/** Sends a call to its fate. */
const meeting =
  (next: () => Fate, send: Send): Send =>
  async command => {
    const fate = next();
    if (fate !== 'lost') {
      const answer = await send(command);
      if (fate === 'answered') return answer;
    }
    throw new ResourceInUseException({ message: fate, $metadata: {} });
  };
