import { defineConfig } from 'vitest/config';

const common = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Needs the synthesised app, as the simulation does. */
const IN_THE_ACCOUNT = 'test/runbooks/execution.test.ts';

export default defineConfig({
  test: {
    // .ci/run adds up what was counted.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/tests.json' }]] : ['default'],
    maxWorkers: '100%',
    silent: 'passed-only',
    projects: [
      {
        test: {
          ...common,
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/simulation/**', 'test/deploy/**', 'test/docs/**', IN_THE_ACCOUNT],
        },
      },
      {
        test: {
          ...common,
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts', IN_THE_ACCOUNT],
          globalSetup: ['test/support/synthesized.ts'],
        },
      },
    ],
  },
});
