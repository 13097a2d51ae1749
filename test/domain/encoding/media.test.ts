import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { describe, expect, test } from 'vitest';
import { htmlText } from '../../../lambda/domain/encoding/html.ts';
import { asciiLine, mailSubject, mailText } from '../../../lambda/domain/encoding/mail.ts';
import { slackLink, slackText } from '../../../lambda/domain/encoding/slack.ts';
import { terminalJson, terminalText } from '../../../lambda/domain/encoding/terminal.ts';
import { visible, visibleValues } from '../../../lambda/domain/encoding/visible.ts';
import { renderer, renderMail } from '../../../lambda/domain/kernel/templates.ts';
import { UNSEEN, unescaped, unfriendly } from '../../support/hostile.ts';

const always = (holds: (text: string) => void) => fc.assert(fc.property(unfriendly, holds), { numRuns: 1000 });

describe('a terminal', () => {
  test('shows colours of ours, and acts on nothing else', () => {
    const colour = '\u001b[1m\u001b[31m%\u001b[39m\u001b[22m';
    always(text => {
      const shown = terminalText(colour.replace('%', () => text)).replaceAll('\n', '');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      expect(shown.replace(/\u001b\[\d{1,2}m/g, '')).not.toMatch(UNSEEN);
      expect(shown.startsWith('\u001b[1m\u001b[31m') && shown.endsWith('\u001b[39m\u001b[22m')).toBe(true);
    });
  });

  test('shows text that is not seen neither in a colour nor hidden', () => {
    expect(terminalText('\u001b[8mhidden\u001b[5mblinks\u001b[38;2;0;0;0mblack')).toBe('hiddenblinksblack');
    expect(visibleValues({ title: '\u001b[32mall is well', list: ['a\u202eb', 1, null, { b: true }] })).toEqual({
      title: 'all is well',
      list: ['ab', 1, null, { b: true }],
    });
  });

  test('shows JSON of the same value', () => {
    always(text => {
      const json = terminalJson({ text });
      expect(json).not.toMatch(UNSEEN);
      expect(JSON.parse(json)).toEqual({ text: text.toWellFormed() === text ? text : expect.any(String) });
    });
  });
});

describe('an e-mail', () => {
  test('has one line of subject, whatever is put into it', () => {
    const render = renderer({ 'messages/one.txt': 'Subject: {{ text }} is down\n\n{{ text }}' });
    always(text => {
      const { subject, body } = renderMail(render, 'messages/one.txt', { text: `a${text.replaceAll('\n', ' ')}` });
      expect(subject).not.toMatch(/[\r\n]/);
      expect(body.replaceAll('\n', '')).not.toMatch(UNSEEN);
      expect(mailSubject(text)).not.toMatch(/[\r\n]/);
      expect(mailText(text)).toBe(visible(text));
      expect(asciiLine(text)).toMatch(/^[\x20-\x7e]*$/);
    });
  });

  test('has a subject of ASCII where SNS demands it', () => {
    expect(asciiLine('Störung: 5 € – „Größe“\nBcc: a@example.com é')).toBe(
      'Stoerung: 5 EUR - "Groesse" Bcc: a@example.com e',
    );
  });
});

describe('Slack', () => {
  test('is told nothing that it would make a mention or a link of', () => {
    always(text => {
      expect(slackText(text)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(slackText(text).replaceAll('\n', '')).not.toMatch(UNSEEN);
    });
  });

  test('has one link to the address, and its label', () => {
    always(text => {
      const link = slackLink(text, `https://example.com/${text}`);
      expect(link).toMatch(/^<https:[^\s<>|]+\|[^<>|]*>$/);
      expect(slackLink('a', text.startsWith('http') ? '' : text)).toBe('a');
    });
  });
});

describe('HTML and XML', () => {
  test('have no tag, no reference and no attribute of the text', () => {
    always(text => {
      expect(htmlText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|#34;|#39;)/);
      const read = unescaped(htmlText(text));
      expect(read).toBe(visible(text));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML refuses them
      expect(read).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ufffe\uffff]|\p{Surrogate}/u);
    });
  });
});

describe('a template', () => {
  test.each([
    ['html', htmlText],
    ['svg', htmlText],
    ['txt', mailText],
  ])('encodes its values by its ending: %s', (ending, encode) => {
    const render = renderer({ [`a.${ending}`]: '{{ text }}' });
    always(text => {
      expect(render(`a.${ending}`, { text })).toBe(encode(text));
    });
  });

  test('never runs what was put into it', () => {
    for (const ending of ['html', 'txt', 'md'])
      expect(
        renderer({ [`a.${ending}`]: '{{ text }}' })(`a.${ending}`, { text: '{{ 6 | times: 7 }}{% raw %}' }),
      ).toContain('6');
    expect(new Liquid().parseAndRenderSync('{{ 6 | times: 7 }}')).toBe('42');
  });

  test('of another ending is refused', () => {
    expect(() => renderer({ 'a.json': '' })('a.json', {})).toThrow(
      'its name must end with one of html, svg, css, md, txt',
    );
  });
});
