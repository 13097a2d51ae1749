import { readdirSync, readFileSync } from 'node:fs';
import { renderer, type Templates } from '../lambda/domain/templates.ts';

const root = `${import.meta.dirname}/../templates`;

/** What a template is rendered with to see that it can be: one sample for each way that it may turn out. */
export type Samples = Record<string, readonly object[]>;

/**
 * The templates of a folder of `templates/`, each rendered with its samples. One that asks for a field its data does not have
 * fails here, at synthesis, and not at three in the morning. @throws Error that names the file, the line and the fault.
 */
export function readTemplates(folder: string, samples: Samples): Templates {
  const files = readdirSync(`${root}/${folder}`).filter(file => file.endsWith('.liquid'));
  const templates = Object.fromEntries(
    files.map(file => [file.replace(/\.liquid$/, ''), readFileSync(`${root}/${folder}/${file}`, 'utf8')]),
  );
  checkTemplates(folder, templates, samples);
  return templates;
}

/** @throws Error for the first template that cannot be rendered. */
export function checkTemplates(folder: string, templates: Templates, samples: Samples): void {
  const render = renderer(templates);
  for (const [name, datas] of Object.entries(samples)) {
    if (templates[name] === undefined) throw new Error(`templates/${folder}/${name}.liquid is missing`);
    for (const data of datas) {
      try {
        render(name, data);
      } catch (error) {
        throw new Error(`templates/${folder}/${where(error, templates, name)}`, { cause: error });
      }
    }
  }
}

/** File and line of the fault. Of templates in memory, a fault knows the text that it stands in, but not its name. */
function where(error: unknown, templates: Templates, rendering: string): string {
  const { message, token } = error as Error & { token?: { input: string; getPosition: () => [number, number] } };
  const file = Object.keys(templates).find(name => templates[name] === token?.input) ?? rendering;
  const fault = message.replace(/, (file|line):.*$/s, '');
  return `${file}.liquid${token ? `:${token.getPosition()[0]}` : ''}: ${fault}`;
}
