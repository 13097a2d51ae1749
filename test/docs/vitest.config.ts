import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/docs/**/*.test.ts'],
    // Each test builds on what those before it did.
    bail: 1,
    testTimeout: 240_000,
  },
});
