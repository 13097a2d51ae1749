import fc from 'fast-check';

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
  ],
];

/** What people, alarms and other systems may write: whatever means something in Markdown, and letters. Never nothing. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 10 })
  .map(parts => `x${parts.join('')}`);

/** The same in one line, as it is to be read. */
export const readable = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
