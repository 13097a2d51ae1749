import { Liquid } from 'liquidjs';

/** Liquid templates by their name, which is that of their file without `.liquid`. */
export type Templates = Record<string, string>;

/**
 * Renders templates that were read before. Nothing is left to chance: a field or a filter that does not exist is an error,
 * and everything is escaped unless a template says `raw`.
 */
export function renderer(templates: Templates): (name: string, data: object) => string {
  const liquid = new Liquid({
    templates,
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    outputEscape: 'escape',
    jekyllInclude: false,
  });
  return (name, data) => liquid.renderFileSync(name, data);
}
