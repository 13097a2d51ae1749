import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { check, type Report } from '../../scripts/architecture/check.ts';
import type { Architecture } from '../../scripts/architecture/rooms.ts';
import { sources } from '../../scripts/architecture/source.ts';

const ARCHITECTURE: Architecture = {
  rooms: [
    { path: 'core/low', uses: [], libraries: ['valibot'] },
    { path: 'core/*', uses: ['core/low'] },
    { path: 'lib', uses: ['core/*'], face: 'lib/index.ts', insiders: ['bin'] },
    { path: 'packages/cloud', uses: [], face: 'our-cloud' },
    { path: 'bin', uses: ['lib', 'packages/cloud'] },
    { path: 'docs', uses: ['lib'] },
  ],
  maxLines: 5,
  maxLoose: { core: 2 },
  printers: { bin: 'bin/print.ts' },
  comments: { folders: ['core'], words: ['What', 'It'], maxShare: 0.5 },
};

/** One file in each room, so that none is empty. */
const FILES = {
  'core/low/time.ts': 'export const now = 0;',
  'core/head.ts': "export { now } from './low/time.ts';",
  'lib/index.ts': "export * from './responder.ts';",
  'lib/responder.ts': "import { now } from '../core/head.ts';\nexport const responder = now;",
  'packages/cloud/index.ts': 'export const cloud = 1;',
  'bin/app.ts': "import 'our-cloud';\nimport '../lib/responder.ts';",
  'docs/example.ts': "import '../lib/index.ts';",
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function checked(changes: Readonly<Record<string, string>>, architecture = ARCHITECTURE): Report {
  const root = mkdtempSync(join(tmpdir(), 'architecture-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return check(architecture, sources(root), new Map([['our-cloud', 'packages/cloud']]));
}

const faults = (...given: Parameters<typeof checked>) =>
  checked(...given).faults.map(({ rule, file, line, message }) => `${rule} ${file}:${line ?? ''} ${message}`);

describe('check:architecture', () => {
  it('finds no fault where every arrow is allowed, and names the arrows', () => {
    const { rooms, faults } = checked({});
    expect(faults).toEqual([]);
    expect(Object.fromEntries(rooms.map(({ room, uses }) => [room, uses]))).toEqual({
      'core/low': [],
      'core/*': ['core/low'],
      lib: ['core/*'],
      'packages/cloud': [],
      bin: ['lib', 'packages/cloud'],
      docs: ['lib'],
    });
  });

  it.each([
    ['an import', "import '../head.ts';"],
    ['an import of a type', "import type { Head } from '../head.ts';"],
    ['a re-export', "export { now } from '../head.ts';"],
    ['a dynamic import', "export const head = await import('../head.ts');"],
    ['a type in line', "export type Head = import('../head.ts').Head;"],
  ])('refuses an arrow that is not in the table: %s', (_, text) => {
    expect(faults({ 'core/low/up.ts': `\n${text}`, 'core/head.ts': '' })).toEqual([
      'direction core/low/up.ts:2 core/low may not use core/* (../head.ts)',
    ]);
  });

  it.each([
    ["console.log('a');"],
    ["console.error('a');"],
    ["process.stdout.write('a');"],
    ["const { stderr } = process;\nstderr.write('a');"],
    ['const say = console.info;'],
  ])('refuses to write to a terminal but by the file that encodes: %s', text => {
    const expected = [`printer bin/other.ts:${text.split('\n').length} only bin/print.ts may write to a terminal`];
    expect(faults({ 'bin/other.ts': text })).toEqual(expected);
    expect(faults({ 'bin/print.ts': text, 'lib/responder.ts': "console.log('a log');" })).toEqual([]);
  });

  it('refuses a library that the room does not name', () => {
    expect(faults({ 'core/low/time.ts': "import 'valibot';\nimport 'node:fs';" })).toEqual([
      'library core/low/time.ts:2 core/low may not import the library node:fs',
    ]);
  });

  it('refuses a folder without a line in the table, and a line without a file', () => {
    const rooms = [...ARCHITECTURE.rooms, { path: 'gone', uses: [] }];
    expect(faults({ 'core/new/file.ts': '' }, { ...ARCHITECTURE, rooms })).toEqual([
      'room core/new/file.ts: core/new is in no room',
      'room gone: has a line in the table but no file',
    ]);
  });

  it('refuses a table whose arrows run upwards', () => {
    const rooms = ARCHITECTURE.rooms.map(room => (room.path === 'core/low' ? { ...room, uses: ['lib'] } : room));
    expect(faults({}, { ...ARCHITECTURE, rooms })).toEqual([
      'room scripts/architecture/rooms.ts: core/low uses lib, which does not stand before it in the table',
    ]);
  });

  it('refuses a cycle of files, also of types alone, and names it once', () => {
    expect(
      faults({
        'lib/one.ts': "import type { Two } from './two.ts';\nexport type One = Two;",
        'lib/two.ts': "import type { Three } from './three.ts';\nexport type Two = Three;",
        'lib/three.ts': "import type { One } from './one.ts';\nexport type Three = One;",
      }),
    ).toEqual(['cycle lib/one.ts: → lib/two.ts → lib/three.ts → lib/one.ts']);
  });

  it('refuses an import past the public face, by path into a package too', () => {
    expect(
      faults({
        'docs/example.ts': "import '../lib/responder.ts';",
        'bin/app.ts': "import '../packages/cloud/index.ts';",
      }),
    ).toEqual([
      'face bin/app.ts:1 bin may import only our-cloud, not packages/cloud/index.ts',
      'face docs/example.ts:1 docs may import only lib/index.ts, not lib/responder.ts',
    ]);
  });

  it('refuses a file that is too long', () => {
    expect(faults({ 'docs/long.ts': 'export {};\n'.repeat(6), 'docs/fits.ts': 'export {};\n'.repeat(5) })).toEqual([
      'length docs/long.ts: has 6 lines, at most 5 are allowed',
    ]);
  });

  it('refuses more loose files than a folder may have', () => {
    expect(faults({ 'core/two.ts': '', 'core/three.ts': '' })).toEqual([
      'loose core: 3 files lie loose in it, at most 2 are allowed',
    ]);
  });

  it('refuses comments whose first words are listed when they are too many', () => {
    const comments = '/** What it is. */\n// The clock.\n// It goes on in the next line.\n';
    const { comments: counted, faults } = checked({ 'core/low/time.ts': comments });
    expect(counted).toEqual({ total: 2, begunBadly: 1 });
    expect(faults).toEqual([]);
    expect(checked({ 'core/low/time.ts': `/*\n * it is late. */${comments}` }).faults).toEqual([
      { rule: 'words', file: 'core/low/time.ts', line: 1, message: '"it is late."' },
      { rule: 'words', file: 'core/low/time.ts', line: 2, message: '"What it is."' },
    ]);
  });
});
