import fc from 'fast-check';
import Parser from 'rss-parser';
import { expect, it } from 'vitest';
import { visible } from '../../../lambda/domain/encoding/visible.ts';
import { renderSite } from '../../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { unescaped } from '../../support/hostile.ts';
import { maintenance, siteInput, told } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

const PIECES = [
  ...['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '</p></body>', '<!--', ']]>', '&amp;', '&lt;'],
  ...['"', "'", '" onmouseover="x', '{{ title }}', '{% raw %}', '\\', '\\u003c', '/', '\u0000', '\u001b[31m', '\ufffe'],
  ...['\ud800', '\u202e', 'é', '🔥', 'plain words'],
];
/** One line, so that it is one paragraph. */
const hostile = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
  .map(pieces => `x${pieces.join(' ')}x`);

const site = (text: string): SiteInput => {
  const incident = told({ from: 20, name: text, components: [{ id: 'api', name: text, description: text }] });
  return siteInput({
    title: text,
    components: [{ id: 'api', name: text, description: text }],
    incidents: [{ ...incident, updates: incident.updates.map(update => ({ ...update, body: text })) }],
    maintenance: [maintenance(-60, -70, { title: text, text })],
    subscribeUrl: '/subscribe',
  });
};
const written = (text: string) => new Map(renderSite(site(text), render).map(({ path, body }) => [path, body]));

it('a page has only the tags of its template, whatever people write', () => {
  const tags = (html = '') =>
    html.match(/<[^>]*>/g)?.map(tag => tag.replace(/content="[^"]*"|title="[^"]*"|aria-label="[^"]*"/, ''));
  const plain = written('harmless');
  fc.assert(
    fc.property(hostile, text => {
      for (const [path, body] of written(text)) {
        if (!path.endsWith('.html')) continue;
        expect(tags(body), path).toEqual(tags(plain.get(path)));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(body.search(/[\u0000-\u0008\u000b-\u001f\ufffe]|\p{Surrogate}/u), path).toBe(-1);
      }
    }),
    { numRuns: 60 },
  );
});

it('feed and API readers get the text as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async text => {
      const files = written(text);
      const { incidents, components } = JSON.parse(files.get('api/v2/summary.json') ?? '');
      const said = visible(text);
      expect([incidents[0].name, incidents[0].incident_updates[0].body, components[0].name]).toEqual([
        said,
        said,
        said,
      ]);
      const feed = await new Parser().parseString(files.get('history.atom') ?? '');
      expect(feed.items).toHaveLength(2);
      expect(unescaped(feed.items[0]?.title ?? '')).toBe(`Identified: ${said}`);
      expect(unescaped(feed.items[0]?.content ?? '')).toBe(`<p>${said}</p>`);
    }),
    { numRuns: 60 },
  );
});
