import { type Render, renderer, type Templates } from '../domain/kernel/templates.ts';

/** Written into the bundle at synthesis (see `lib/function.ts`). */
declare const TEMPLATES: Templates;

let render: Render | undefined;

/** The template of that name with this data. */
export function rendered(name: string, data: object): string {
  render ??= renderer(TEMPLATES);
  return render(name, data);
}
