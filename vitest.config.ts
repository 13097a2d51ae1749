import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/deploy/**', 'node_modules/**'],
    globalSetup: ['test/support/synthesized.ts'],
    // .ci/run adds up what was counted.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/tests.json' }]] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
