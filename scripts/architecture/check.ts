import { posix } from 'node:path';
import type { Architecture, Room } from './rooms.ts';
import type { Source } from './source.ts';

export interface Fault {
  readonly rule: 'room' | 'direction' | 'library' | 'cycle' | 'face' | 'length' | 'loose' | 'printer' | 'words';
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

const TABLE = 'scripts/architecture/rooms.ts';

/** How to mend a fault of each rule. */
export const ADVICE: Readonly<Record<Fault['rule'], string>> = {
  room: `Correct the table in ${TABLE}.`,
  direction: `Move what both rooms need to a room below them, or allow the arrow in ${TABLE}.`,
  library: `Use the library in a room above, or name it among the room's libraries in ${TABLE}.`,
  cycle: 'Move what both sides need to a file that imports neither.',
  face: 'Import the public face.',
  length: 'Split the file by subject.',
  loose: 'Move files to rooms.',
  printer: 'Print by the function of that file, which encodes for a terminal.',
  words: 'Write subject, verb, object.',
};

export interface RoomSummary {
  readonly room: string;
  readonly files: number;
  readonly lines: number;
  readonly longestPath: string;
  /** Rooms that it imports today; `uses` in the table may allow more. */
  readonly uses: readonly string[];
}

export interface Report {
  readonly rooms: readonly RoomSummary[];
  readonly comments: { readonly total: number; readonly begunBadly: number };
  readonly faults: readonly Fault[];
}

/** @param packages the name of each workspace package, and its folder */
export function check(
  architecture: Architecture,
  sources: readonly Source[],
  packages: ReadonlyMap<string, string> = new Map(),
): Report {
  const faults: Fault[] = [...faultsOfTable(architecture.rooms)];
  const roomOf = (path: string) => architecture.rooms.find(room => isIn(room, path));
  const known = new Set(sources.map(({ path }) => path));
  const arrows = new Map<Room, Set<Room>>();

  for (const { path, imports } of sources) {
    const room = roomOf(path);
    if (!room) {
      faults.push({ rule: 'room', file: path, message: `${posix.dirname(path)} is in no room` });
      continue;
    }
    for (const { specifier, file, line } of imports) {
      const fault = (rule: Fault['rule'], message: string) => faults.push({ rule, file: path, line, message });
      const library = libraryOf(specifier);
      const folder = packages.get(library);
      if (!file && !folder && room.libraries && !room.libraries.includes(library)) {
        fault('library', `${room.path} may not import the library ${library}`);
      }
      const target = folder ? roomOf(`${folder}/package.json`) : file && known.has(file) ? roomOf(file) : undefined;
      if (!target || target === room) continue;
      arrows.set(room, (arrows.get(room) ?? new Set()).add(target));
      if (!room.uses.includes('*') && !room.uses.includes(target.path)) {
        fault('direction', `${room.path} may not use ${target.path} (${specifier})`);
      } else if (file && target.face && file !== target.face && !target.insiders?.includes(room.path)) {
        fault('face', `${room.path} may import only ${target.face}, not ${file}`);
      }
    }
  }

  for (const cycle of cycles(sources)) {
    faults.push({ rule: 'cycle', file: cycle[0] ?? '', message: `→ ${cycle.slice(1).join(' → ')}` });
  }

  for (const { path, lines } of sources) {
    if (lines <= architecture.maxLines) continue;
    const message = `has ${lines} lines, at most ${architecture.maxLines} are allowed`;
    faults.push({ rule: 'length', file: path, message });
  }

  for (const [folder, most] of Object.entries(architecture.maxLoose)) {
    const loose = sources.filter(({ path }) => posix.dirname(path) === folder).length;
    if (loose <= most) continue;
    const message = `${loose} files lie loose in it, at most ${most} are allowed`;
    faults.push({ rule: 'loose', file: folder, message });
  }

  for (const { path, printing } of sources) {
    const [, printer] = Object.entries(architecture.printers).find(([folder]) => path.startsWith(`${folder}/`)) ?? [];
    if (printer === undefined || printer === path) continue;
    for (const line of printing)
      faults.push({ rule: 'printer', file: path, line, message: `only ${printer} may write to a terminal` });
  }

  const comments = commentsIn(architecture.comments, sources);
  faults.push(...comments.faults);

  const rooms = architecture.rooms.map(room => {
    const own = sources.filter(({ path }) => roomOf(path) === room);
    if (own.length === 0) {
      faults.push({
        rule: 'room',
        file: room.path,
        message: `has a line in the table but no file`,
      });
    }
    return {
      room: room.path,
      files: own.length,
      lines: own.reduce((sum, { lines }) => sum + lines, 0),
      longestPath: own.reduce((longest, { path }) => (path.length > longest.length ? path : longest), ''),
      uses: architecture.rooms.filter(other => arrows.get(room)?.has(other)).map(({ path }) => path),
    };
  });
  return { rooms, comments: { total: comments.total, begunBadly: comments.begunBadly }, faults };
}

/** Arrows run downwards, so a room may name only rooms that stand before it. */
function* faultsOfTable(rooms: readonly Room[]): Iterable<Fault> {
  for (const [at, room] of rooms.entries()) {
    for (const used of room.uses) {
      if (used === '*' || rooms.slice(0, at).some(({ path }) => path === used)) continue;
      const message = `${room.path} uses ${used}, which does not stand before it in the table`;
      yield { rule: 'room', file: TABLE, message };
    }
  }
}

function isIn({ path }: Room, file: string): boolean {
  return path.endsWith('*') ? posix.join(posix.dirname(file), '*') === path : file.startsWith(`${path}/`);
}

/** The name in package.json, or of the Node module: `@aws-sdk/client-s3`, `node:fs`. */
function libraryOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** The shortest cycle through each file that is in one; type-only imports count. */
function cycles(sources: readonly Source[]): readonly (readonly string[])[] {
  const known = new Set(sources.map(({ path }) => path));
  const importsOf = new Map(
    sources.map(({ path, imports }) => [path, imports.flatMap(({ file }) => (file && known.has(file) ? [file] : []))]),
  );
  const found = new Map<string, readonly string[]>();
  for (const { path: start } of sources) {
    const cameFrom = new Map<string, string>();
    const queue = [start];
    for (const file of queue) {
      for (const next of importsOf.get(file) ?? []) {
        if (cameFrom.has(next)) continue;
        cameFrom.set(next, file);
        queue.push(next);
      }
    }
    const cycle = [start];
    for (let file = cameFrom.get(start); file !== undefined; file = file === start ? undefined : cameFrom.get(file)) {
      cycle.unshift(file);
    }
    const key = [...new Set(cycle)].sort().join();
    if (cycle.length > 1 && !found.has(key)) found.set(key, cycle);
  }
  return [...found.values()];
}

function commentsIn({ folders, words, maxShare }: Architecture['comments'], sources: readonly Source[]) {
  const begins = new RegExp(`^(${words.join('|')})\\b`, 'i');
  const all = sources
    .filter(({ path }) => folders.some(folder => path.startsWith(`${folder}/`)))
    .flatMap(({ path, comments }) => comments.map(comment => ({ path, ...comment })));
  const bad = all.filter(({ text }) => begins.test(text));
  const tooMany = bad.length > all.length * maxShare;
  return {
    total: all.length,
    begunBadly: bad.length,
    faults: bad.slice(0, tooMany ? undefined : 0).map(({ path, line, text }): Fault => {
      const message = `"${text.split('\n')[0]?.trim()}"`;
      return { rule: 'words', file: path, line, message };
    }),
  };
}
