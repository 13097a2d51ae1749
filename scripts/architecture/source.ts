import { globSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** A path of the project, or the name of a library or Node module. */
export interface Import {
  readonly line: number;
  readonly specifier: string;
  /** Relative to the project, for an import by path. */
  readonly file: string | undefined;
}

export interface Comment {
  readonly line: number;
  readonly text: string;
}

export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly comments: readonly Comment[];
  /** Lines that write to a terminal: by `console`, or by the `write` of a stream of the process. */
  readonly printing: readonly number[];
}

const NOT_OURS = new Set(['node_modules', 'cdk.out', 'out', 'coverage', '.git', '.venv']);

/** Every TypeScript file of the project, with its imports (of types too) and comments. */
export function sources(root: string): readonly Source[] {
  return globSync('**/*.{ts,mts,cts,tsx}', { cwd: root, exclude: name => NOT_OURS.has(posix.basename(name)) })
    .map(path => path.split(sep).join('/'))
    .sort()
    .map(path => parsed(path, readFileSync(join(root, path), 'utf8')));
}

function parsed(path: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path} cannot be parsed: ${errors[0].message}`);
  const starts = [0, ...Array.from(text.matchAll(/\n/g), newline => newline.index + 1)];
  const lineAt = (offset: number) => starts.findLastIndex(start => start <= offset) + 1;
  const found: { specifier: string; start: number }[] = [
    ...module.staticImports.map(({ moduleRequest, start }) => ({ specifier: moduleRequest.value, start })),
    ...module.staticExports.flatMap(({ entries, start }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [{ specifier: moduleRequest.value, start }] : [])),
    ),
  ];
  const printing: number[] = [];
  new Visitor({
    ImportExpression: ({ source, start }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') found.push({ specifier: source.value, start });
    },
    TSImportType: ({ source, start }) => {
      found.push({ specifier: source.value, start });
    },
    MemberExpression: ({ object, property, computed, start }) => {
      const stream = object.type === 'MemberExpression' && !object.computed ? object.property : object;
      const name = stream.type === 'Identifier' ? stream.name : '';
      const isWrite = property.type === 'Identifier' && !computed && property.name === 'write';
      if ((stream === object && name === 'console') || (isWrite && /^std(out|err)$/.test(name))) printing.push(start);
    },
  }).visit(program);
  return {
    path,
    lines: starts.length - (text.endsWith('\n') ? 1 : 0),
    imports: found.map(({ specifier, start }) => ({
      line: lineAt(start),
      specifier,
      file: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined,
    })),
    printing: printing.map(lineAt),
    comments: comments
      // Line comments that follow one another are one comment.
      .filter(({ type }, at) => {
        const before = comments[at - 1];
        return type === 'Block' || before?.type !== 'Line' || text.slice(before.end, comments[at]?.start).trim() !== '';
      })
      .map(({ value, start }) => ({ line: lineAt(start), text: value.replace(/^[\s*/]+/, '') })),
  };
}
