import type { TestProject } from 'vitest/node';
import { withSynthesis } from '../../local/synthesize.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the app lies that was synthesised for this run of the tests. */
    assembly: string;
  }
}

/** Synthesises the app once for all tests; the real one, by the real CDK. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ready = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const life = withSynthesis(async assembly => {
    project.provide('assembly', assembly.directory);
    ready.resolve();
    await over.promise;
  });
  await Promise.race([ready.promise, life]);
  return async () => {
    over.resolve();
    await life;
  };
}
