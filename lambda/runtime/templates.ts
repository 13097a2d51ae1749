import { type Render, renderer, type Templates } from '../domain/kernel/templates.ts';

/** The bundler replaces this name by its value at synthesis. */
declare const TEMPLATES: Templates;

let render: Render | undefined;

/** Renders the template of that name. */
export function rendered(name: string, data: object): string {
  render ??= renderer(TEMPLATES);
  return render(name, data);
}
