import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/oracles/**/*.test.ts'],
    globalSetup: ['test/support/synthesized.ts'],
    // .ci/run adds up what was counted.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/tests-oracles.json' }]] : ['default'],
    // Each file keeps two cores busy; they share what was recorded.
    fileParallelism: false,
    isolate: false,
    maxConcurrency: 2,
    testTimeout: 600_000,
    // The first run installs them.
    hookTimeout: 600_000,
  },
});
