import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/docs/extending.test.ts'],
    // Each test builds on what those before it did.
    bail: 1,
    // It ends what hangs, and judges no speed.
    testTimeout: 900_000,
  },
});
