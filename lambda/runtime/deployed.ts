import type { Deployed } from '../domain/deployed.ts';

/** The bundler replaces this name by its value at synthesis. */
declare const DEPLOYED: Deployed;

export const deployed = (): Deployed => DEPLOYED;

/** Names of people, separated by commas, from an environment variable. */
export const names = (variable: string | undefined): string[] => (variable ?? '').split(',').filter(Boolean);
