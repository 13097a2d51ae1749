import { readdirSync, readFileSync } from 'node:fs';
import { Liquid } from 'liquidjs';
import { renderer, type Templates } from '../../lambda/domain/kernel/templates.ts';
import type { Samples } from '../../templates/samples/samples.ts';

const root = `${import.meta.dirname}/../../templates`;

/**
 * The templates that the samples are for, and what lies beside them, each rendered with its samples. One that asks for a field
 * its data does not have fails here, at synthesis, and not at three in the morning, also where no sample leads.
 * @throws Error that names the file, the line and the fault.
 */
export function readTemplates(samples: Samples): Templates {
  const templates = readFolders(...new Set(Object.keys(samples).map(name => name.split('/')[0] ?? '')));
  checkTemplates(templates, samples);
  return templates;
}

/** All templates in these folders of `templates/`, as they are. */
export const readFolders = (...folders: string[]): Templates => Object.fromEntries(folders.flatMap(readFolder));

const readFolder = (folder: string) =>
  readdirSync(`${root}/${folder}`)
    .filter(file => file.endsWith('.liquid'))
    .map(file => [`${folder}/${file.replace(/\.liquid$/, '')}`, readFileSync(`${root}/${folder}/${file}`, 'utf8')]);

/** @throws Error for the first template that is missing, cannot be rendered, or asks for what no sample has. */
export function checkTemplates(templates: Templates, samples: Samples): void {
  const render = renderer(templates);
  for (const [name, datas] of Object.entries(samples)) {
    if (templates[name] === undefined) throw new Error(`templates/${name}.liquid is missing`);
    for (const data of datas) {
      try {
        render(name, data);
      } catch (error) {
        throw new Error(`templates/${where(error, templates, name)}`, { cause: error });
      }
    }
    const unknown = askedFor(templates, name).find(({ path }) => !datas.some(data => has(data, path)));
    if (unknown) throw new Error(`templates/${unknown.at}: undefined variable: ${unknown.path.join('.')}`);
  }
}

/** Every field that a template names, in whatever branch, and where. */
function askedFor(templates: Templates, name: string): { path: string[]; at: string }[] {
  const liquid = new Liquid({ templates });
  const { globals } = liquid.analyzeSync(liquid.parseFileSync(name));
  return Object.values(globals).flatMap(asked =>
    asked.map(({ segments, location: { file = name, row } }) => ({
      path: segments.map(String),
      at: `${file}.liquid:${row}`,
    })),
  );
}

/** A list is asked for its first, its size: what lies below it, rendering tells. */
function has(data: unknown, [field, ...rest]: string[]): boolean {
  if (field === undefined || Array.isArray(data) || typeof data === 'string') return true;
  if (typeof data !== 'object' || data === null) return false;
  return Object.hasOwn(data, field) && has((data as Record<string, unknown>)[field], rest);
}

/** File and line of the fault. Of templates in memory, a fault knows the text that it stands in, but not its name. */
function where(error: unknown, templates: Templates, rendering: string): string {
  const { message, token } = error as Error & { token?: { input: string; getPosition: () => [number, number] } };
  const file = Object.keys(templates).find(name => templates[name] === token?.input) ?? rendering;
  const fault = message.replace(/, (file|line):.*$/s, '');
  return `${file}.liquid${token ? `:${token.getPosition()[0]}` : ''}: ${fault}`;
}
