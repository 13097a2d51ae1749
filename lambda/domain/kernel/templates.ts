import { Liquid } from 'liquidjs';
import { htmlText } from '../encoding/html.ts';
import { mailSubject, mailText } from '../encoding/mail.ts';
import { markdownText, markdownUrl } from '../encoding/markdown.ts';

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
 * Renders templates that were read before. A field or a filter that does not exist is an error. The ending of a template's
 * name says how its values are encoded, unless it says `raw`, or `url` in Markdown. @throws Error for another ending.
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
  const encoding = (encode: (text: string) => string) =>
    new Liquid({ ...strict, outputEscape: value => encode(String(value ?? '')) });
  const [html, markdown, text] = [encoding(htmlText), encoding(markdownText), encoding(mailText)];
  markdown.registerFilter('url', { handler: (value: string) => markdownUrl(value), raw: true });
  const engines: Record<string, Liquid> = { html, svg: html, css: html, md: markdown, txt: text };
  return (name, data) => {
    const engine = engines[name.slice(name.lastIndexOf('.') + 1)];
    if (!engine)
      throw new Error(`templates/${name}.liquid: its name must end with one of ${Object.keys(engines).join(', ')}`);
    return engine.renderFileSync(name, data);
  };
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
  return { subject: mailSubject(subject), body: `${body.trimEnd()}\n` };
}
