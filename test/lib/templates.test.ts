import { expect, it } from 'vitest';
import { checkTemplates } from '../../lib/templates.ts';

const LAYOUT = '<html>\n{% block content %}{% endblock %}\n</html>';
const check =
  (page: string, data: object = { title: 'x', notice: { tone: 'good' } }, layout = LAYOUT) =>
  () =>
    checkTemplates(
      'pages',
      { layout, page: `{% layout 'layout' %}\n{% block content %}\n${page}{% endblock %}` },
      { page: [data] },
    );

it.each<[string, string, string]>([
  ['a field that the data does not have', '{{ titel }}', 'templates/pages/page.liquid:3: undefined variable: titel'],
  ['a field of a field', '\n{{ notice.text }}', 'templates/pages/page.liquid:4: undefined variable: notice.text'],
  ['a filter that does not exist', '{{ title | shout }}', 'templates/pages/page.liquid:3: undefined filter: shout'],
  ['a tag that is not closed', '{% if title %}', 'templates/pages/page.liquid:3: tag "endblock" not found'],
])('%s fails, with file and line', (_, page, fault) => {
  expect(check(page)).toThrow(fault);
});

it('a fault of the layout is the layout’s', () => {
  expect(check('', { title: 'x' }, '<html>\n\n{{ missing }}{% block content %}{% endblock %}')).toThrow(
    'templates/pages/layout.liquid:3: undefined variable: missing',
  );
});

it('a template that is not there is named', () => {
  expect(() => checkTemplates('pages', {}, { page: [{}] })).toThrow('templates/pages/page.liquid is missing');
});

it('what can be rendered with every sample passes', () => {
  expect(check('{{ title }}{% if notice %}{{ notice.tone }}{% endif %}')).not.toThrow();
});
