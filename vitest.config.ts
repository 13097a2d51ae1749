import { defineConfig } from 'vitest/config';

const common = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // .ci/run adds up what was counted.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/tests.json' }]] : ['default'],
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...common,
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/simulation/**', 'test/deploy/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          globalSetup: ['test/support/synthesized.ts'],
        },
      },
    ],
  },
});
