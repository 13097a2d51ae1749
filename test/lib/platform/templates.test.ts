import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { readAssembly, World } from 'embedded-aws';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { ResponderFunction } from '../../../lib/platform/responder-function.ts';
import { checkTemplates, readFolders, TextTemplates } from '../../../lib/platform/templates.ts';
import { answerSamples } from '../../../templates/samples/answers.ts';

const LAYOUT = '<html>\n{% block content %}{% endblock %}\n</html>';
const check =
  (page: string, data: object = { title: 'x', notice: { tone: 'good' } }, layout = LAYOUT) =>
  () =>
    checkTemplates(
      {
        'pages/layout.html': layout,
        'pages/page.html': `{% layout 'pages/layout.html' %}\n{% block content %}\n${page}{% endblock %}`,
      },
      { 'pages/page.html': [data] },
    );

const PAGE = 'templates/pages/page.html.liquid';
it.each<[string, string, string]>([
  ['a field that the data does not have', '{{ titel }}', `${PAGE}:3: undefined variable: titel`],
  ['a field of a field', '\n{{ notice.text }}', `${PAGE}:4: undefined variable: notice.text`],
  [
    'a field where no sample leads',
    '{% if title == "y" %}{{ titel }}{% endif %}',
    `${PAGE}:3: undefined variable: titel`,
  ],
  ['a filter that does not exist', '{{ title | shout }}', `${PAGE}:3: undefined filter: shout`],
  ['a tag that is not closed', '{% if title %}', `${PAGE}:3: tag "endblock" not found`],
])('%s fails, with file and line', (_, page, fault) => {
  expect(check(page)).toThrow(fault);
});

it('a fault of the layout is the layout’s', () => {
  expect(check('', { title: 'x' }, '<html>\n\n{{ missing }}{% block content %}{% endblock %}')).toThrow(
    'templates/pages/layout.html.liquid:3: undefined variable: missing',
  );
});

it('a template that is not there is named', () => {
  expect(() => checkTemplates({}, { 'pages/page.html': [{}] })).toThrow('templates/pages/page.html.liquid is missing');
});

it('what can be rendered with every sample passes', () => {
  expect(check('{{ title }}{% if notice %}{{ notice.tone }}{% endif %}')).not.toThrow();
});

/** A directory with these files, for the time of a test. */
function directoryWith(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'templates-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  return directory;
}

const OURS = 'pages/message.html.liquid';

describe('templates of one’s own', () => {
  it('take the place of the package’s, file by file', () => {
    const templates = new TextTemplates(directoryWith({ [OURS]: 'Our page: {{ title }}', 'README.md': 'no template' }));
    const own = readFolders('pages');
    expect(templates.for(answerSamples)).toEqual({
      own,
      overriding: { 'pages/message.html': 'Our page: {{ title }}' },
    });
    expect(templates.read('pages')).toEqual({ ...own, 'pages/message.html': 'Our page: {{ title }}' });
    expect(templates.read('messages')).toEqual(readFolders('messages'));
  });

  it('are tried with the samples, and named with their directory', () => {
    const directory = directoryWith({ [OURS]: 'Our page:\n{{ titel }}' });
    expect(() => new TextTemplates(directory).for(answerSamples)).toThrow(
      `${directory}/${OURS}:2: undefined variable: titel`,
    );
    expect(() =>
      new TextTemplates(directoryWith({ 'pages/layout.html.liquid': '{{ x | y }}' })).for(answerSamples),
    ).toThrow(/templates-\w+\/pages\/layout\.html\.liquid:1: undefined filter: y/);
  });

  it.each(['pages/mesage.html.liquid', 'mail/message.html.liquid', 'message.html.liquid'])(
    'that take the place of none are refused: %s',
    file => {
      const directory = directoryWith({ [file]: '' });
      expect(() => new TextTemplates(directory)).toThrow(
        `${directory}/${file} takes the place of no template. There is: templates/`,
      );
    },
  );
});

test('a function renders the templates that lie beside its bundle, which is the same without them', async () => {
  const deployed = async (directory?: string) => {
    const outdir = directoryWith({});
    const stack = new Stack(new App({ outdir, context: { 'aws:cdk:enable-asset-metadata': true } }), 'Stack', {
      env: { region: 'us-east-1' },
    });
    const templates = new TextTemplates(directory).for(answerSamples);
    new ResponderFunction(stack, 'Answer', { folder: 'functions/answer', description: 'Answers', templates });
    (stack.node.root as App).synth();
    const assembly = readAssembly(outdir);
    const world = await World.deploy(assembly);
    const [fn] = world.account.ofType('AWS::Lambda::Function');
    const { payload } = await world.functions.invoke(fn?.ref ?? '', {
      ...{ rawPath: '/forged', headers: {}, requestContext: { http: { method: 'GET' } } },
    });
    const asset = assembly.template.Resources[fn?.logicalId ?? '']?.Metadata?.['aws:asset:path'] ?? '';
    return {
      page: (payload as { body: string }).body,
      code: readFileSync(join(outdir, asset, 'index.js'), 'utf8'),
    };
  };
  const [ours, own] = [await deployed(directoryWith({ [OURS]: 'Our page: {{ title }}' })), await deployed()];
  expect(ours.page).toMatch(/^Our page: /);
  expect(own.page).toMatch(/^<!doctype html>/i);
  expect(ours.code === own.code).toBe(true);
  expect(ours.code).not.toContain('Our page');
});
