import { describe, expect, it } from 'vitest';
import { openPoints, readReview } from '../../../lambda/domain/post-mortem/final-post-mortem.ts';

const document = (sections: Record<string, string> = {}) =>
  Object.entries({
    Summary: 'It failed.',
    'Root cause': 'A job.',
    'Data impact': 'none',
    'Lessons learned': 'Watch jobs.',
    ...sections,
  })
    .map(([heading, text]) => `## ${heading}\n\n${text}\n`)
    .join('\n');

const read = (sections: Record<string, string>) => {
  const result = readReview(document(sections));
  if ('refused' in result) throw new Error(result.refused);
  return result.review;
};

describe('a section of the finished post-mortem', () => {
  it.each([
    ['two lines\nof one paragraph', 'two lines\nof one paragraph'],
    ['**bold**, _said_ and `code \\|`', 'bold, said and code \\|'],
    ['one\n\ntwo', 'one\n\ntwo'],
    ['Causes:\n\n- a job\n- a limit\n  - of connections\n', 'Causes:\n\n- a job\n- a limit\n  - of connections'],
    ['1. first\n2. second', '- first\n- second'],
    ['see [the ticket](https://example.com/1)', 'see the ticket (https://example.com/1)'],
    ['see https://example.com/1', 'see https://example.com/1'],
    ['<!-- for us -->\n\nfor all', 'for all'],
    ['```sh\n# no heading\nkill -9 1\n```', '# no heading\nkill -9 1'],
    ['> said', 'said'],
    ['a &lt; b &amp; c', 'a < b & c'],
  ])('%j reads as %j', (written, words) => {
    expect(read({ 'Root cause': written }).rootCause).toBe(words);
  });

  it('ends with the next heading of its level or above', () => {
    expect(read({ 'Root cause': 'A job.\n\n### In detail\n\nIt ran twice.' }).rootCause).toBe(
      'A job.\n\nIn detail\n\nIt ran twice.',
    );
  });

  it('is found by its heading, whatever its level or case', () => {
    const text = document().replace('## Root cause', '#### root CAUSE').replace('## Data', '# Data');
    expect(readReview(text)).toMatchObject({ review: { rootCause: 'A job.', dataImpact: 'none' } });
  });

  it('for customers is optional', () => {
    expect(read({})).not.toHaveProperty('customers');
    expect(read({ 'What customers read': 'We are sorry.' }).customers).toBe('We are sorry.');
  });
});

describe('a finished post-mortem', () => {
  it.each<[string, string]>([
    ['there is no section "Root cause"', document().replace('## Root cause', '## Cause')],
    ['"Summary" is empty', document({ Summary: '<!-- nothing -->' })],
    ['"Summary" has 2001 characters: at most 2000 are told', document({ Summary: 'x'.repeat(2001) })],
    ['"Data impact" is still open: how much', document({ 'Data impact': 'A. _[to be filled in: how much]_' })],
    ['"Data impact" is still open: how much', document({ 'Data impact': '*[To be filled in: how much]*' })],
    ['"What customers read" is still open: x', document({ 'What customers read': '_[to be filled in: x]_' })],
    ['there is no section "Summary"', ''],
  ])('is refused because %s', (fault, text) => {
    expect(readReview(text)).toEqual({ refused: expect.stringContaining(fault) });
  });
});

it('open points are found by their sections; comments and escaped text do not count', () => {
  const text = document({
    'Root cause': '1. _[to be filled in: why?]_\n2. _[to be filled in: why that?]_',
    'Lessons learned':
      '\\[to be filled in: nothing\\] <!-- [to be filled in: nothing] -->\n\n<!-- [to be filled in: no] -->',
  });
  expect(openPoints(text)).toEqual([
    { section: 'Root cause', text: 'why?' },
    { section: 'Root cause', text: 'why that?' },
  ]);
});
