/**
 * The rooms of this project, from the bottom to the top, and the rooms each may use.
 * `npm run check:architecture` enforces this table. To open a room, add its line; to allow an arrow, name the room in `uses`.
 */
export interface Room {
  /** A folder with everything below it, e.g. `lambda/store`; or only the files loose in it, e.g. `lambda/domain/*`. */
  readonly path: string;
  /** Earlier rooms of the table: arrows run downwards, so they form no circle. */
  readonly uses: readonly string[];
  /** Libraries and Node modules that the room may import. Default: any. */
  readonly libraries?: readonly string[];
  /** Other rooms may import only this file, or only the package of this name. */
  readonly face?: string;
  /** Rooms that may import past the face. */
  readonly insiders?: readonly string[];
}

export interface Architecture {
  readonly rooms: readonly Room[];
  /** Per source file, tests included. */
  readonly maxLines: number;
  /** Files that may lie loose in a folder. */
  readonly maxLoose: Readonly<Record<string, number>>;
  /** The one file of a folder that writes to a terminal, so that nothing passes the encoder by. */
  readonly printers: Readonly<Record<string, string>>;
  /** Words that may begin at most this share of the comments in these folders. */
  readonly comments: {
    readonly folders: readonly string[];
    readonly words: readonly string[];
    readonly maxShare: number;
  };
}

/** The domain computes: it reads no clock, no environment and no network. */
const PURE = [
  '@secretlint/secretlint-rule-preset-recommend',
  'feed',
  'ical-generator',
  'liquidjs',
  'marked',
  'temporal-polyfill',
  'valibot',
];

/** Rooms of lambda/domain, from the bottom to the top. */
const DOMAIN: readonly Room[] = [
  { path: 'lambda/domain/encoding', uses: [], libraries: PURE },
  domain('kernel'),
  domain('remedies', 'kernel'),
  domain('incident', 'kernel'),
  domain('intake', 'kernel', 'incident'),
  domain('diagnosis', 'kernel', 'incident'),
  domain('on-call', 'kernel', 'incident'),
  domain('outage', 'kernel', 'incident', 'diagnosis'),
  domain('remediation', 'kernel', 'remedies', 'incident', 'intake', 'diagnosis'),
  domain('communication', 'kernel', 'incident', 'outage'),
  domain('review', 'kernel', 'incident', 'communication'),
  domain('figures', 'kernel', 'incident', 'on-call', 'outage', 'remediation', 'review'),
  domain(
    'messages',
    ...['kernel', 'incident', 'diagnosis', 'on-call', 'outage', 'remediation', 'communication', 'review'],
  ),
  domain('status-page', 'kernel', 'incident', 'outage', 'communication', 'review'),
  domain('subscribers', 'kernel', 'incident', 'communication', 'messages', 'status-page'),
  domain(
    'post-mortem',
    ...['kernel', 'incident', 'diagnosis', 'outage', 'remediation', 'communication', 'review', 'figures', 'messages'],
  ),
  // The head: decide and what it stands on, obligations, the commands of operators.
  domain(
    '*',
    ...['kernel', 'incident', 'intake', 'diagnosis', 'on-call', 'remediation', 'communication', 'review'],
    'status-page',
  ),
];

function domain(room: string, ...uses: string[]): Room {
  const below = ['encoding', ...uses];
  return { path: `lambda/domain/${room}`, uses: below.map(other => `lambda/domain/${other}`), libraries: PURE };
}

const ALL_DOMAIN = DOMAIN.map(({ path }) => path);

export const ARCHITECTURE: Architecture = {
  rooms: [
    ...DOMAIN,

    { path: 'lambda/store', uses: ALL_DOMAIN },
    { path: 'lambda/inbound', uses: ALL_DOMAIN },
    { path: 'lambda/adapters', uses: [...ALL_DOMAIN, 'lambda/store', 'lambda/inbound'] },
    { path: 'lambda/runtime', uses: [...ALL_DOMAIN, 'lambda/store', 'lambda/adapters'] },
    { path: 'lambda/readings', uses: [...ALL_DOMAIN, 'lambda/store', 'lambda/adapters', 'lambda/runtime'] },
    { path: 'lambda/investigation', uses: [...ALL_DOMAIN, 'lambda/adapters', 'lambda/runtime', 'lambda/readings'] },
    {
      path: 'lambda/runbooks',
      uses: [...ALL_DOMAIN, ...['adapters', 'inbound', 'runtime', 'readings', 'investigation'].map(of('lambda'))],
    },
    {
      path: 'lambda/channels',
      uses: [...ALL_DOMAIN, ...['store', 'inbound', 'adapters', 'runtime'].map(of('lambda'))],
    },
    {
      path: 'lambda/functions',
      uses: [
        ...ALL_DOMAIN,
        ...['store', 'inbound', 'adapters', 'runtime', 'readings', 'investigation'].map(of('lambda')),
      ],
    },

    { path: 'templates/samples', uses: ALL_DOMAIN },
    {
      path: 'lib',
      uses: [...ALL_DOMAIN, 'templates/samples'],
      face: 'lib/index.ts',
      insiders: ['bin', 'config', 'local', 'test', 'bench'],
    },
    { path: 'config', uses: ['lib', ...ALL_DOMAIN] },
    { path: 'bin', uses: ['config', 'lib', 'templates/samples', 'lambda/inbound', ...ALL_DOMAIN] },

    { path: 'packages/embedded-aws', uses: [], face: 'embedded-aws', insiders: ['test'] },
    // A rehearsal knows the product by what was synthesised alone; texts are encoded for a terminal in one way.
    { path: 'local', uses: ['lambda/domain/encoding', 'packages/embedded-aws'] },

    { path: 'scripts', uses: [] },
    { path: 'test', uses: ['*'] },
    {
      path: 'bench',
      uses: ['lib', 'templates/samples', 'lambda/store', 'lambda/runtime', ...ALL_DOMAIN, 'local', 'test'],
    },
    { path: '*', uses: ['*'] },
  ],
  maxLines: 350,
  maxLoose: { 'lambda/domain': 12 },
  printers: { bin: 'bin/terminal.ts', local: 'local/terminal/print.ts' },
  comments: {
    folders: ['lambda', 'lib'],
    words: ['What', 'Whether', 'Those', 'Of', 'It', 'That'],
    maxShare: 0.08,
  },
};

function of(folder: string) {
  return (room: string) => `${folder}/${room}`;
}
