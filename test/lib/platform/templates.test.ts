import { expect, it } from 'vitest';
import { checkTemplates } from '../../../lib/platform/templates.ts';

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
