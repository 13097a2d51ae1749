import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Liquid } from 'liquidjs';
import { renderer, type Templates } from '../../lambda/domain/kernel/templates.ts';
import type { Samples } from '../../templates/samples/samples.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'templates');
const ENDING = '.liquid';

/** The templates of a function: those of the package are compiled into its bundle, those of a user are copied beside it. */
export interface FunctionTemplates {
  own: Templates;
  overriding: Templates;
}

/** The package's templates, and a user's directory whose files take the place of those with the same path. */
export class TextTemplates {
  private readonly directory: string | undefined;
  private readonly overriding: Templates;

  /** @throws Error for a file in the directory that takes the place of none */
  constructor(directory?: string) {
    this.directory = directory;
    this.overriding = directory === undefined ? {} : readAll(directory);
    const own = readAll(ROOT);
    const stray = Object.keys(this.overriding).find(name => own[name] === undefined);
    if (stray === undefined) return;
    const known = Object.keys(own).filter(name => dirname(name) === dirname(stray));
    const there = (known.length > 0 ? known : Object.keys(own)).map(inPackage).join(', ');
    throw new Error(`${this.fileOf(stray)} takes the place of no template. There is: ${there}`);
  }

  /** All templates in these folders, as they are used. */
  read(...folders: string[]): Templates {
    return { ...readFolders(...folders), ...inFolders(this.overriding, folders) };
  }

  /**
   * The templates that the samples are for, and what lies beside them, each rendered with its samples. One that asks for a field
   * its data does not have fails here, at synthesis, and not at three in the morning, also where no sample leads.
   * @throws Error that names the file, the line and the fault.
   */
  for(samples: Samples): FunctionTemplates {
    const folders = [...new Set(Object.keys(samples).map(name => name.split('/')[0] ?? ''))];
    checkTemplates(this.read(...folders), samples, name => this.fileOf(name));
    return { own: readFolders(...folders), overriding: inFolders(this.overriding, folders) };
  }

  private fileOf(name: string): string {
    return join(this.overriding[name] === undefined ? 'templates' : `${this.directory}`, `${name}${ENDING}`);
  }
}

/** The package's templates in these folders of `templates/`. */
export const readFolders = (...folders: string[]): Templates => inFolders(readAll(ROOT), folders);

const inFolders = (templates: Templates, folders: readonly string[]): Templates =>
  Object.fromEntries(Object.entries(templates).filter(([name]) => folders.includes(name.split('/')[0] ?? '')));

const readAll = (directory: string): Templates =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith(ENDING))
      .sort()
      .map(file => [file.slice(0, -ENDING.length).replaceAll('\\', '/'), readFileSync(join(directory, file), 'utf8')]),
  );

const inPackage = (name: string) => `templates/${name}${ENDING}`;

/** @throws Error for the first template that is missing, cannot be rendered, or asks for what no sample has. */
export function checkTemplates(templates: Templates, samples: Samples, fileOf = inPackage): void {
  const render = renderer(templates);
  for (const [name, datas] of Object.entries(samples)) {
    if (templates[name] === undefined) throw new Error(`${fileOf(name)} is missing`);
    for (const data of datas) {
      try {
        render(name, data);
      } catch (error) {
        throw new Error(where(error, templates, name, fileOf), { cause: error });
      }
    }
    const unknown = askedFor(templates, name).find(({ path }) => !datas.some(data => has(data, path)));
    if (unknown)
      throw new Error(`${fileOf(unknown.file)}:${unknown.row}: undefined variable: ${unknown.path.join('.')}`);
  }
}

/** Every field that a template names, in whatever branch, and where. */
function askedFor(templates: Templates, name: string): { path: string[]; file: string; row: number }[] {
  const liquid = new Liquid({ templates });
  const { globals } = liquid.analyzeSync(liquid.parseFileSync(name));
  return Object.values(globals).flatMap(asked =>
    asked.map(({ segments, location: { file = name, row } }) => ({ path: segments.map(String), file, row })),
  );
}

/** A list is asked for its first, its size: what lies below it, rendering tells. */
function has(data: unknown, [field, ...rest]: string[]): boolean {
  if (field === undefined || Array.isArray(data) || typeof data === 'string') return true;
  if (typeof data !== 'object' || data === null) return false;
  return Object.hasOwn(data, field) && has((data as Record<string, unknown>)[field], rest);
}

/** File and line of the fault. Of templates in memory, a fault knows the text that it stands in, but not its name. */
function where(error: unknown, templates: Templates, rendering: string, fileOf: typeof inPackage): string {
  const { message, token } = error as Error & { token?: { input: string; getPosition: () => [number, number] } };
  const file = Object.keys(templates).find(name => templates[name] === token?.input) ?? rendering;
  const fault = message.replace(/, (file|line):.*$/s, '');
  return `${fileOf(file)}${token ? `:${token.getPosition()[0]}` : ''}: ${fault}`;
}
