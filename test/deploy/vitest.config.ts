import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/deploy/**/*.test.ts'],
    // Each test builds on what those before it did.
    bail: 1,
    // Each file starts an emulator of its own, in the same folder.
    fileParallelism: false,
    // They end what hangs. The first run installs the emulator.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
  },
});
