import { type Render, renderer, type Templates } from '../domain/kernel/templates.ts';

/** Written into the bundle at synthesis (see `lib/function.ts`). */
declare const TEMPLATES: Templates;

let render: Render | undefined;

/** Renders the template of that name. */
export function rendered(name: string, data: object): string {
  render ??= renderer(TEMPLATES);
  return render(name, data);
}
