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
  /** Words that may begin at most this share of the comments in these folders. */
  readonly comments: {
    readonly folders: readonly string[];
    readonly words: readonly string[];
    readonly maxShare: number;
  };
}

/** The domain computes: it reads no clock, no environment and no network. */
const PURE = ['feed', 'ical-generator', 'liquidjs', 'marked', 'temporal-polyfill', 'valibot'];

const KERNEL = 'lambda/domain/kernel';
const INCIDENT = 'lambda/domain/incident';
const SUBJECTS = [
  'lambda/domain/intake',
  'lambda/domain/diagnosis',
  'lambda/domain/remedies',
  'lambda/domain/on-call',
  'lambda/domain/impact',
  'lambda/domain/remediation',
  'lambda/domain/communication',
  'lambda/domain/review',
];
const MESSAGES = 'lambda/domain/messages';
const AUDIENCES = [
  'lambda/domain/status-page',
  'lambda/domain/subscribers',
  'lambda/domain/figures',
  'lambda/domain/post-mortem',
];
const DOMAIN = [KERNEL, INCIDENT, ...SUBJECTS, MESSAGES, ...AUDIENCES, 'lambda/domain/*'];
const OUTSIDE = ['lambda/store', 'lambda/adapters', 'lambda/inbound', 'lambda/readings'];
const LIB = 'lib';

export const ARCHITECTURE: Architecture = {
  rooms: [
    { path: KERNEL, uses: [], libraries: PURE },
    { path: INCIDENT, uses: [KERNEL], libraries: PURE },
    ...SUBJECTS.map(path => ({ path, uses: [KERNEL, INCIDENT], libraries: PURE })),
    { path: MESSAGES, uses: [KERNEL, INCIDENT, ...SUBJECTS], libraries: PURE },
    ...AUDIENCES.map(path => ({ path, uses: [KERNEL, INCIDENT, ...SUBJECTS, MESSAGES], libraries: PURE })),
    { path: 'lambda/domain/*', uses: DOMAIN.slice(0, -1), libraries: PURE },

    { path: 'lambda/store', uses: DOMAIN },
    { path: 'lambda/adapters', uses: DOMAIN },
    { path: 'lambda/inbound', uses: DOMAIN },
    { path: 'lambda/readings', uses: DOMAIN },
    { path: 'lambda/runtime', uses: [...DOMAIN, ...OUTSIDE] },
    { path: 'lambda/channels', uses: [...DOMAIN, ...OUTSIDE, 'lambda/runtime'] },
    { path: 'lambda/functions', uses: [...DOMAIN, ...OUTSIDE, 'lambda/runtime', 'lambda/channels'] },

    { path: LIB, uses: DOMAIN, face: 'lib/index.ts', insiders: ['bin', 'config', 'local', 'test', 'bench'] },
    { path: 'config', uses: [LIB, ...DOMAIN] },
    { path: 'bin', uses: ['config', LIB, ...DOMAIN] },

    { path: 'packages/embedded-aws', uses: [], face: 'embedded-aws', insiders: ['test'] },
    { path: 'local', uses: ['packages/embedded-aws'] },

    { path: 'scripts', uses: [] },
    { path: 'test', uses: ['*'] },
    { path: 'bench', uses: [LIB, ...DOMAIN, 'test'] },
    { path: '*', uses: ['*'] },
  ],
  maxLines: 350,
  maxLoose: { 'lambda/domain': 12 },
  comments: {
    folders: ['lambda', 'lib'],
    words: ['What', 'Whether', 'Those', 'Of', 'It', 'That'],
    maxShare: 0.08,
  },
};
