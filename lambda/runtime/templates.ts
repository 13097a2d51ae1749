import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Render, renderer, type Templates } from '../domain/kernel/templates.ts';

/** The package's templates. The bundler replaces this name by its value. */
declare const TEMPLATES: Templates;

const ENDING = '.liquid';

let render: Render | undefined;

/** Renders the template of that name: a user's own, if there is one, or the package's. */
export function rendered(name: string, data: object): string {
  render ??= renderer({ ...TEMPLATES, ...overriding(join(__dirname, 'templates')) });
  return render(name, data);
}

/** The templates that lie beside the bundle. */
function overriding(folder: string): Templates {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith(ENDING));
  return Object.fromEntries(
    files.map(file => [file.slice(0, -ENDING.length), readFileSync(join(folder, file), 'utf8')]),
  );
}
