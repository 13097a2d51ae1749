import type { Deployed } from '../domain/deployed.ts';

/** Written into the bundle at synthesis (see `lib/function.ts`). */
declare const DEPLOYED: Deployed;

export const deployed = (): Deployed => DEPLOYED;

/** Names of people that the function finds in its environment. */
export const names = (variable: string | undefined): string[] => (variable ?? '').split(',').filter(Boolean);
