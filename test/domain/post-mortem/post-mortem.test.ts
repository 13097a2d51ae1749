import fc from 'fast-check';
import { marked, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { markdownText } from '../../../lambda/domain/encoding/markdown.ts';
import type { IncidentHistory } from '../../../lambda/domain/incident/history.ts';
import { AUTOMATION } from '../../../lambda/domain/incident/person.ts';
import type { Meeting } from '../../../lambda/domain/incident/review-records.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderer } from '../../../lambda/domain/kernel/templates.ts';
import { openPoints, readReview } from '../../../lambda/domain/post-mortem/final-post-mortem.ts';
import type { Graph } from '../../../lambda/domain/post-mortem/graphs.ts';
import { postMortem } from '../../../lambda/domain/post-mortem/post-mortem.ts';
import { readFolders } from '../../../lib/platform/templates.ts';
import { hostile, readable } from '../../support/hostile.ts';
import { FAILED, PASSED, policy, STATUS_PAGE, Story, step, temporary } from '../../support/story.ts';

const render = renderer(readFolders('documents'));
const MEETING: Meeting = { at: '2026-04-08T14:00:00.000Z', timeZone: 'UTC', attendees: ['ada'], guests: [] };

const written = (incident: IncidentHistory, graphs: Graph[] = [], reviewers: string[] = ['cleo']) =>
  render(
    'documents/post-mortem.md',
    postMortem(incident, { reviewers, meeting: MEETING, graphs, logGroup: '/ecs/shop' }),
  );

const POLICY = {
  ...policy([temporary('scale'), step('ask', { mode: 'approve' }), step('restart')]),
  severities: RUNBOOK_SEVERITIES,
  statusPage: STATUS_PAGE,
};

const move = fc.oneof(
  fc.record({ do: fc.constantFrom('pass' as const), minutes: fc.constantFrom(1, 7, 40, 1500) }),
  fc.record({
    do: fc.constantFrom('fires' as const, 'clears' as const),
    alarm: fc.constantFrom('critical', 'warning a|b'),
  }),
  fc.record({ do: fc.constantFrom('responds' as const), helps: fc.boolean() }),
  fc.record({ do: fc.constantFrom('watches' as const, 'acknowledges' as const) }),
  fc.record({ do: fc.constantFrom('note' as const, 'dataLoss' as const, 'item' as const), text: hostile }),
);

type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

function perform(story: Story, next: Move): void {
  switch (next.do) {
    case 'pass':
      story.now = new Date(Date.parse(story.now) + next.minutes * 60_000).toISOString();
      return;
    case 'fires':
    case 'clears':
      story[next.do](next.alarm);
      return;
    case 'responds':
      story.responds(() => (next.helps ? PASSED : FAILED));
      return;
    case 'watches':
    case 'acknowledges':
      story[next.do]();
      return;
    case 'note':
      story.tell({ type: 'note', by: 'ada', text: next.text });
      return;
    case 'dataLoss':
      story.tell({ type: 'declare', by: next.text, dataLoss: true, text: next.text });
      return;
    case 'item':
      story.tell({ type: 'raise action item', by: 'ada', action: next.text, text: next.text, owner: next.text });
  }
}

/** Any incident that is over, in whatever words. */
const over = fc.record({ moves: fc.array(move, { maxLength: 12 }), text: hostile }).map(({ moves, text }) => {
  const story = Story.under(POLICY);
  story.careful = false;
  story.fires('critical', { summary: text, ...(moves.length % 3 === 0 ? { reporter: text } : {}) });
  for (const next of moves) perform(story, next);
  for (let asked = 0; asked < 2 && !story.incident.resolvedAt; asked++)
    story.tell({ type: 'resolve', by: text, reason: text });
  return story.incident;
});

/** The runbook's 4.1, in its order, and below each what belongs to it. */
const headings = (id: string, isPublic: boolean) => [
  ...[`1 Post-Mortem: ${id}`, '2 Summary', ...(isPublic ? ['2 What customers read'] : []), '2 Timeline'],
  ...['2 Root cause analysis', '3 What happened', '3 Root cause', '3 Why', '3 How we detected it'],
  ...['2 Impact assessment', '3 Users affected', '3 Features affected', '3 Data impact', '3 SLA impact'],
  ...['2 Response assessment', '3 Against the targets', '3 What was tried', '3 What went well'],
  ...['3 What could have gone better', '3 Lessons learned', '2 Action items'],
  ...['2 Attachments', '3 Metrics', '3 Logs and consoles', '3 Screenshots'],
];

const METADATA = [
  ...['Incident ID', 'Incident', 'Date', 'Severity', 'Duration', 'Reporter', 'Incident commander', 'Reviewers'],
  ...['Due', 'Review meeting'],
];

/** Any address that stands in a text is made a link by GitHub's Markdown, and leads to nothing but what it says. */
const isBare = ({ text, href }: Tokens.Link) => [text, `mailto:${text}`, `http://${text}`].includes(href);

describe('the drafted post-mortem, for any incident in any words,', () => {
  test('has every field of the runbook, and no text becomes markup', () => {
    fc.assert(
      fc.property(over, hostile, (incident, text) => {
        const graphs = [
          { title: text, file: '1-graph.png' },
          { title: text, why: text },
        ];
        const document = written(incident, graphs);
        const tokens = marked.lexer(document);
        const found = tokens.filter((token): token is Tokens.Heading => token.type === 'heading');
        expect(found.map(({ depth, text: heading }) => `${depth} ${heading}`)).toEqual(
          headings(incident.id, incident.publication?.at !== undefined),
        );

        const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');
        for (const { raw, header } of tables)
          for (const row of raw.trim().split('\n')) expect(row.match(/(?<!\\)\|/g)).toHaveLength(header.length + 1);
        const [metadata, timeline] = tables;
        expect(metadata?.rows.map(([name]) => name?.text)).toEqual(METADATA);
        for (const [time, event] of timeline?.rows ?? []) {
          expect(time?.text).toMatch(/^(\d{4}-\d\d-\d\d )?\d\d:\d\d$/);
          expect(event?.text).not.toBe('');
        }
        const items = tables.find(({ header }) => header[0]?.text === 'ID');
        expect(items?.rows.map(([id]) => id?.text) ?? []).toEqual(incident.actionItems.map(({ id }) => id));

        const types: string[] = [];
        marked.walkTokens(tokens, token => {
          if (token.type === 'html') expect(token.raw).toMatch(/^<!--[^<]*-->\s*$/);
          if (token.type === 'image') {
            expect(token.href).toBe('1-graph.png');
            // Alternative text is rendered as text: what marked reads into it, unescaped by then, is nothing of the document.
            token.tokens = [];
          }
          if (token.type === 'link' && !isBare(token as Tokens.Link)) expect(token.href).toMatch(/^https:\/\//);
          types.push(token.type);
        });
        expect(types.filter(type => type === 'image')).toHaveLength(1);
        expect(types).not.toContain('code');
        expect(types).not.toContain('blockquote');
      }),
      { numRuns: 100 },
    );
  });

  test('contradicts itself neither about a step nor about a target', () => {
    const details = { reviewers: [], meeting: undefined, graphs: [], logGroup: '/ecs/shop' };
    fc.assert(
      fc.property(over, incident => {
        const { ended, tried, wentWell, couldHaveGoneBetter, targets, timeline } = postMortem(incident, details);
        const isHelp = (verdict: string) => /^helped(?! for a while)/.test(verdict);
        const helped = tried.filter(({ verdict }) => isHelp(verdict)).map(({ title }) => title);
        expect(/ helped\./.test(ended.replace('No step of automation helped.', ''))).toBe(helped.length > 0);
        expect(ended.includes('No step of automation helped.')).toBe(tried.length > 0 && helped.length === 0);
        for (const title of helped) expect(wentWell.some(text => text.startsWith(`"${title}" helped`))).toBe(true);
        // The same step may have run twice within the minute, with another outcome.
        const isAlone = ({ title, time }: (typeof tried)[number]) =>
          tried.filter(other => other.title === title && other.time === time).length === 1;
        for (const { title, time } of tried.filter(one => isHelp(one.verdict) && isAlone(one)))
          expect(couldHaveGoneBetter.some(text => text.startsWith(`"${title}" (${time} UTC)`))).toBe(false);
        const acknowledged = targets.find(({ target }) => target === 'Acknowledged');
        const hasResponded = incident.timeline.some(
          event => event.type === 'Acknowledged' || (event.type === 'Resolved' && event.by !== AUTOMATION),
        );
        if (acknowledged?.verdict === 'kept') expect(hasResponded).toBe(true);
        expect(timeline.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  test('leaves open what only a person knows, and is refused until that is filled in', () => {
    fc.assert(
      fc.property(over, incident => {
        const document = written(incident);
        const isPublic = incident.publication?.at !== undefined;
        const mustBeFilledIn = ['Summary', 'Root cause', 'Data impact', 'Lessons learned'];
        const open = new Set(openPoints(document).map(({ section }) => section));
        for (const section of [...mustBeFilledIn, ...(isPublic ? ['What customers read'] : []), 'Why'])
          expect(open).toContain(section);
        expect(openPoints(document).map(({ text }) => text)).not.toContain('nothing');
        const result = readReview(document);
        for (const section of mustBeFilledIn)
          expect('refused' in result && result.refused).toContain(`"${section}" is still open`);
      }),
      { numRuns: 100 },
    );
  });

  test('yields the words that a person filled in', () => {
    fc.assert(
      fc.property(over, hostile, (incident, text) => {
        // An address that is no link takes what follows it with it, backslashes too.
        fc.pre(!text.includes('https://'));
        const filled = written(incident).replace(/_\[to be filled in: [^\]]*\]_/g, () => markdownText(text));
        const words = readable(text);
        const result = readReview(filled);
        if ('refused' in result) throw new Error(result.refused);
        const { summary, rootCause, lessons, dataImpact, customers } = result.review;
        expect({ rootCause, lessons }).toEqual({ rootCause: words, lessons: words });
        expect(summary.endsWith(words) && dataImpact.endsWith(words)).toBe(true);
        expect(customers).toBe(incident.publication?.at === undefined ? undefined : words);
      }),
      { numRuns: 50 },
    );
  });
});
