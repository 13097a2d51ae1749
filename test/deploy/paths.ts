import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
export const inProject = (...parts: string[]): string => join(projectRoot, ...parts);

export const venv = inProject('.venv', 'ministack');
/** What one run leaves behind: the log, the assembly, the outputs. */
export const runFolder = inProject('out', 'deploy');
