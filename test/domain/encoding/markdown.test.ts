import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { expect, test } from 'vitest';
import { markdownText, markdownUrl } from '../../../lambda/domain/encoding/markdown.ts';
import { hostile, readable, unescaped } from '../../support/hostile.ts';

/** Also with nothing before it: at the beginning of a line more means something. */
const anything = fc.oneof(
  hostile,
  hostile.map(text => text.slice(1)),
);

const typesIn = (tokens: readonly Token[]): string[] =>
  tokens.flatMap(token => [token.type, ...typesIn('tokens' in token ? (token.tokens ?? []) : [])]);

test('escaped text reads as it was written and has no markup', () => {
  fc.assert(
    fc.property(anything, text => {
      fc.pre(readable(text) !== '');
      const tokens = marked.lexer(markdownText(text), { gfm: false });
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
      const [table] = marked.lexer(`| a | b |\n|---|---|\n| ${markdownText(text)} | end |\n`);
      expect(table).toMatchObject({ type: 'table', rows: [[{}, { text: 'end' }]] });
      const [list] = marked.lexer(`- ${markdownText(text)}\n- end\n`);
      expect(list?.type === 'list' && list.items).toHaveLength(2);
    }),
    { numRuns: 1000 },
  );
});

test('an escaped address is one link, whatever it contains', () => {
  fc.assert(
    fc.property(anything, text => {
      const url = `https://example.com/${text}`;
      const [paragraph] = marked.lexer(`[log](${markdownUrl(url)}) end`);
      const [link, end] = paragraph?.type === 'paragraph' ? (paragraph.tokens ?? []) : [];
      expect([link?.type, end?.raw]).toEqual(['link', ' end']);
    }),
  );
});
