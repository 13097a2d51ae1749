import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { expect, test } from 'vitest';
import { destination, escaped } from '../../../lambda/domain/kernel/markdown.ts';
import { hostile, readable } from '../../support/hostile.ts';

/** Also with nothing before it: at the beginning of a line more means something. */
const anything = fc.oneof(
  hostile,
  hostile.map(text => text.slice(1)),
);

const unescaped = (html: string) =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const typesIn = (tokens: readonly Token[]): string[] =>
  tokens.flatMap(token => [token.type, ...typesIn('tokens' in token ? (token.tokens ?? []) : [])]);

test('escaped text reads as it was written and has no markup', () => {
  fc.assert(
    fc.property(anything, text => {
      fc.pre(readable(text) !== '');
      const tokens = marked.lexer(escaped(text), { gfm: false });
      const allowed = ['paragraph', 'text', 'escape', 'space'];
      expect(typesIn(tokens).filter(type => !allowed.includes(type))).toEqual([]);
      const html = marked.parser(tokens, { gfm: false }).trim();
      expect(unescaped(html.replace(/^<p>|<\/p>$/g, ''))).toBe(readable(text));
    }),
    { numRuns: 2000 },
  );
});

test('escaped text stays in its table cell or list item', () => {
  fc.assert(
    fc.property(anything, text => {
      const [table] = marked.lexer(`| a | b |\n|---|---|\n| ${escaped(text)} | end |\n`);
      expect(table).toMatchObject({ type: 'table', rows: [[{}, { text: 'end' }]] });
      const [list] = marked.lexer(`- ${escaped(text)}\n- end\n`);
      expect(list?.type === 'list' && list.items).toHaveLength(2);
    }),
    { numRuns: 1000 },
  );
});

test('an escaped address is one link, whatever it contains', () => {
  fc.assert(
    fc.property(anything, text => {
      const url = `https://example.com/${text}`;
      const [paragraph] = marked.lexer(`[log](${destination(url)}) end`);
      const [link, end] = paragraph?.type === 'paragraph' ? (paragraph.tokens ?? []) : [];
      expect([link?.type, end?.raw]).toEqual(['link', ' end']);
    }),
  );
});
