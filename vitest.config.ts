import { defineConfig } from 'vitest/config';

/** They end what hangs, and judge no speed: a busy machine starts its databases many times slower than an idle one. */
const common = { testTimeout: 600_000, hookTimeout: 600_000 };

/** Need the synthesised app, as the simulation does. */
const IN_THE_ACCOUNT = ['test/runbooks/execution.test.ts', 'test/runbooks/execution/**/*.test.ts'];

/** The command line, as processes of its own. */
const COMMAND_LINE = 'test/bin/**/*.test.ts';

const SHARING = [
  ...['domain', 'config', 'lib', 'local', 'scripts'].map(room => `test/${room}/**/*.test.ts`),
  'packages/*/test/**/*.test.ts',
];

/** Reads the documents alone; the rest of test/docs builds what they say. */
const LINKS = 'test/docs/links.test.ts';

export default defineConfig({
  test: {
    // .ci/run adds up what was counted.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/tests.json' }]] : ['default'],
    maxWorkers: '100%',
    // `npm run coverage`. What runs as a bundle, in a simulation, is not seen.
    coverage: {
      provider: 'v8',
      include: ['lambda/**/*.ts'],
      reporter: ['text-summary', ['json-summary', { file: 'summary.json' }], 'html'],
      thresholds: { lines: 90, statements: 90 },
    },
    silent: 'passed-only',
    projects: [
      // What replaces nothing of a module can share the modules: CDK and the engines load once.
      { test: { ...common, name: 'rooms', isolate: false, include: [...SHARING, LINKS] } },
      {
        test: {
          ...common,
          name: 'functions',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...SHARING,
            'test/simulation/**',
            'test/deploy/**',
            'test/oracles/**',
            'test/docs/**',
            'test/browser/**',
            ...IN_THE_ACCOUNT,
            COMMAND_LINE,
          ],
        },
      },
      { test: { ...common, name: 'command-line', include: [COMMAND_LINE] } },
      {
        test: {
          ...common,
          name: 'simulation',
          // Worlds share nothing but what is costly to load: the SDK, and PostgreSQL in WebAssembly.
          isolate: false,
          include: ['test/simulation/**/*.test.ts', ...IN_THE_ACCOUNT],
          globalSetup: ['test/support/synthesized.ts'],
        },
      },
    ],
  },
});
