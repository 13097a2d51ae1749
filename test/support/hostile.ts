import fc from 'fast-check';
import { visibleLine } from '../../lambda/domain/encoding/visible.ts';

const PIECES = [
  ...[
    '|',
    '`',
    '``',
    '\n',
    '\n\n## Summary\n',
    '# ',
    '> ',
    '- ',
    '1. ',
    '[',
    '](',
    ')',
    '![',
    '<',
    '>',
    '&amp;',
    '&lt;',
  ],
  ...['<script>alert(1)</script>', '<!--', '-->', '_', '__', '*', '**', '~~', '\\', '$', '\t', '\u202e', '\u0000', ' '],
  ...[
    '_[to be filled in: nothing]_',
    'kill_idle_connections',
    'a',
    'é',
    '503',
    '===',
    '|---|',
    'https://example.com/a_b',
    ' ada@example.com ',
  ],
];

/** What people, alarms and other systems may write: whatever means something in Markdown, and letters. Never nothing. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 10 })
  .map(parts => `x${parts.join('')}`);

/** The same in one line, as it is to be read. */
export const readable = visibleLine;

/** What acts on a terminal, on Slack, in a header, in a template, in XML or on the reader's eye. */
const UNFRIENDLY = [
  ...[
    '\u001b]0;title\u0007',
    '\u001b[2J',
    '\u001b[H',
    '\u001b]52;c;cm0=\u001b\\',
    '\u001b]8;;https://evil.example\u001b\\',
  ],
  ...[
    '\u001b',
    '\u001bc',
    '\u001b[8m',
    '\u001bP',
    '\u001b_',
    '\u009b',
    '\u009d',
    '\u009c',
    '\u0090',
    '\u0085',
    '\r',
    '\b',
    '\u007f',
  ],
  ...[
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2067',
    '\u2069',
    '\u200e',
    '\u061c',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\ufeff',
  ],
  ...[
    '\u00ad',
    '\u034f',
    '\u3164',
    '\ufe0f',
    '\u{e0041}',
    '\u{e0100}',
    '\ufffe',
    '\uffff',
    '\ud800',
    '\udc00',
    '\u2028',
    '\u0000',
  ],
  ...['<!channel>', '<@U012AB3CD>', '<!subteam^S1>', '<https://evil.example|runbook>', '&lt;!here&gt;', '@channel'],
  ...[
    '\r\nBcc: a@example.com',
    '{{ 6 | times: 7 }}',
    '{% include "x" %}',
    '{% raw %}',
    ']]>',
    '<?xml',
    '&#x0;',
    '"',
    "'",
    ' ',
  ],
];

/** Text meant to do harm in some medium. Never nothing, and one that is seen. */
export const unfriendly = fc
  .array(
    fc.oneof(fc.constantFrom(...UNFRIENDLY), fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })),
    {
      maxLength: 12,
    },
  )
  .map(parts => `x${parts.join('')}y`);

/** Control characters, direction overrides and characters without a shape; joiners and selectors of emoji are seen. */
export const UNSEEN =
  /(?![\u200c\u200d]|[\ufe00-\ufe0f])[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb\ufffe\uffff]/u;

/** HTML text as it is shown. */
export const unescaped = (html: string) =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/&quot;|&#34;/g, '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
