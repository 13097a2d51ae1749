import type { TestProject } from 'vitest/node';
import { withSynthesis } from '../../local/rehearsal/synthesize.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the app lies that was synthesised for this run of the tests. */
    assembly: string;
    /** The same as the configuration has it: automation only observes. */
    configured: string;
  }
}

/** Synthesises the app for all tests, once in each of its modes; the real one, by the real CDK. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ready = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const life = withSynthesis(assembly =>
    withSynthesis(async configured => {
      project.provide('assembly', assembly.directory);
      project.provide('configured', configured.directory);
      ready.resolve();
      await over.promise;
    }, 'configured'),
  );
  await Promise.race([ready.promise, life]);
  return async () => {
    over.resolve();
    await life;
  };
}
