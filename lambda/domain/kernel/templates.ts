import { Liquid } from 'liquidjs';
import { destination, escaped } from './markdown.ts';

/** Liquid templates by name: the path of their file in `templates/` without `.liquid`, e.g. `pages/incident.html`. */
export type Templates = Record<string, string>;

/** Renders a template with its data. */
export type Render = (name: string, data: object) => string;

/** A message as a mailbox shows it. */
export interface Mail {
  subject: string;
  body: string;
}

/**
 * Renders templates that were read before. A field or a filter that does not exist is an error. Values are escaped in
 * HTML and Markdown unless a template says `raw`, or `url` in Markdown; every other template is plain text.
 */
export function renderer(templates: Templates): Render {
  const strict = {
    templates,
    cache: true,
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    jekyllInclude: false,
  };
  const text = new Liquid(strict);
  const html = new Liquid({ ...strict, outputEscape: 'escape' });
  const markdown = new Liquid({ ...strict, outputEscape: value => escaped(String(value ?? '')) });
  markdown.registerFilter('url', { handler: (value: string) => destination(value), raw: true });
  const engine = (name: string) => (name.endsWith('.html') ? html : name.endsWith('.md') ? markdown : text);
  return (name, data) => engine(name).renderFileSync(name, data);
}

/**
 * Renders again only what differs from the last run. A template has nothing but its data, so that the same data give the same
 * text. What the last run did not need is forgotten.
 */
export function remembering(render: Render): <Result>(run: (render: Render) => Result) => Result {
  let last = new Map<string, string>();
  return run => {
    const texts = new Map<string, string>();
    const result = run((name, data) => {
      const question = `${name} ${JSON.stringify(data)}`;
      const text = texts.get(question) ?? last.get(question) ?? render(name, data);
      texts.set(question, text);
      return text;
    });
    last = texts;
    return result;
  };
}

/** Renders a template whose first line is the subject. @throws Error when it is not. */
export function renderMail(render: Render, name: string, data: object): Mail {
  const [, subject, body] = /^Subject: *([^\n]+)\n\s*(.*)$/s.exec(render(name, data)) ?? [];
  if (!subject || !body)
    throw new Error(`templates/${name}.liquid: its first line must be "Subject: …", then the text`);
  return { subject: subject.trim(), body: `${body.trimEnd()}\n` };
}
