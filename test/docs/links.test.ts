import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const glob = (...patterns: string[]) => globSync(patterns, { cwd: project }).sort();
const read = (file: string) => readFileSync(join(project, file), 'utf8');

const PAGES = glob('*.md', 'docs/**/*.md', 'packages/*/*.md');
const ROOMS = ['bench', 'bin', 'config', 'docs', 'lambda', 'lib', 'local', 'packages', 'runbooks', 'templates', 'test'];

/** A path of the repository in a code span. A placeholder such as `<name>` or `…` makes it none. */
const PATH = new RegExp(`^(?:${ROOMS.join('|')})/[\\w./-]*$`);

interface Found {
  where: string;
  target: string;
}

/** Every match of the pattern in the text of a page, outside of its code blocks. */
const matches = (page: string, pattern: RegExp): Found[] =>
  prose(page).flatMap((line, i) =>
    [...line.matchAll(pattern)].map(([, target = '']) => ({ where: `${page}:${i + 1}`, target })),
  );

/** The lines of a page, those of its code blocks empty. */
function prose(page: string): string[] {
  let inCode = false;
  return read(page)
    .split('\n')
    .map(line => {
      const isFence = /^\s*```/.test(line);
      if (isFence) inCode = !inCode;
      return inCode || isFence ? '' : line;
    });
}

/** The anchors that GitHub makes of a page's headings; a repeated heading is numbered. */
function anchors(page: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    matches(page, /^#+ (.*)$/g).map(({ target }) => {
      const words = target.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

/** The files of that name elsewhere, for whoever has moved one. */
const elsewhere = (path: string) => {
  const found = glob(...ROOMS.map(room => `${room}/**/${basename(path)}`));
  return found.length > 0 ? `; did you mean ${found.join(' or ')}?` : '';
};

it('every link between documents leads to a file and a heading', () => {
  const broken = PAGES.flatMap(page =>
    matches(page, /\]\((?![a-z]+:)([^)\s]+)\)/g).flatMap(({ where, target }) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(project, file))) return [`${where} links to ${file}, which does not exist`];
      const known = !anchor || !file.endsWith('.md') || anchors(file).has(anchor);
      return known ? [] : [`${where} links to #${anchor}, and ${file} has no such heading`];
    }),
  );
  expect(broken).toEqual([]);
});

it('every file that a document names exists', () => {
  // In bold stand the files that docs/extending.md adds.
  const missing = PAGES.flatMap(page =>
    matches(page, /(?<!\*\*)`([^`]+)`/g)
      .filter(({ target }) => PATH.test(target))
      // A package's README names its own files.
      .filter(({ target }) => ![project, join(project, dirname(page))].some(root => existsSync(join(root, target))))
      .map(({ where, target }) => `${where} names ${target}, which does not exist${elsewhere(target)}`),
  );
  expect(missing).toEqual([]);
});

it('the index of the decision records lists each of them, once', () => {
  const records = glob('docs/adr/[0-9]*.md').map(file => basename(file));
  const listed = matches('docs/adr/README.md', /\((\d{4}-[^)]+)\)/g).map(({ target }) => target);
  expect(listed.sort()).toEqual(records);
  expect(new Set(records.map(file => file.slice(0, 4))).size).toBe(records.length);
});

it('docs/operations.md says what to do about every alarm of the responder itself', () => {
  const operations = read('docs/operations.md');
  const alarms = [...read('docs/runbook.md').matchAll(/^\| \[`[\w-]+-incident-response-([a-z-]+)`\]/gm)];
  expect(alarms.length).toBeGreaterThan(0);
  expect(alarms.map(([, name]) => name).filter(name => !operations.includes(`\`${name}\``))).toEqual([]);
});

it.each(PAGES)('every row of a table has the cells of its head: %s', page => {
  const cells = (row: string) =>
    row
      .replaceAll('\\|', '')
      .replace(/`[^`]*`/g, '')
      .split('|').length;
  let head: string | undefined;
  const broken = prose(page).flatMap((line, i) => {
    head = line.startsWith('|') ? (head ?? line) : undefined;
    return head !== undefined && cells(line) !== cells(head) ? [`${page}:${i + 1}`] : [];
  });
  expect(broken).toEqual([]);
});
