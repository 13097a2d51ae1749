import { marked, type Token, type Tokens } from 'marked';
import type { Review } from '../incident/review-records.ts';

/**
 * A draft marks what only a person can fill in: `_[to be filled in: what caused it]_`. Text from other sources is escaped, so
 * it never matches.
 */
const MARKER = /(?<!\\)\[to be filled in:? *([^\]]*)\]/gi;

/** The sections that are read from the document: heading and most characters. */
const SECTIONS = {
  summary: { heading: 'Summary', most: 2000 },
  rootCause: { heading: 'Root cause', most: 4000 },
  lessons: { heading: 'Lessons learned', most: 4000 },
  dataImpact: { heading: 'Data impact', most: 1000 },
  customers: { heading: 'What customers read', most: 4000 },
} as const satisfies Record<keyof Review, object>;

/** A mark that a person has not filled in yet. */
export interface OpenPoint {
  section: string;
  text: string;
}

/** The open points of a document, in its order. */
export function openPoints(document: string): OpenPoint[] {
  let section = '';
  return marked.lexer(document).flatMap(token => {
    if (token.type === 'heading') section = inline(token.tokens ?? []);
    return openIn(token.raw).map(text => ({ section, text }));
  });
}

/** The open point stands in a section that is read, so the review cannot be completed without it. */
export const isNeeded = ({ section }: OpenPoint) =>
  Object.values(SECTIONS).some(({ heading }) => heading.toLowerCase() === section.toLowerCase());

const openIn = (markdown: string) =>
  [...markdown.replace(/<!--.*?-->/gs, '').matchAll(MARKER)].map(([, what = '']) => what.trim());

/**
 * Reads the sections of the completed document, as plain text. Refuses it while one of them is missing, empty, too long or has
 * an open point. The section for customers is optional: it is needed only if the incident was published.
 */
export function readReview(document: string): { review: Review } | { refused: string } {
  const tokens = marked.lexer(document);
  const faults: string[] = [];
  const read = ({ heading, most }: { heading: string; most: number }, optional = false): string => {
    const section = sectionOf(tokens, heading);
    const text = section ? blocks(section) : '';
    const [open] = openIn((section ?? []).map(({ raw }) => raw).join(''));
    if (!section) faults.push(...(optional ? [] : [`there is no section "${heading}"`]));
    else if (open !== undefined) faults.push(`"${heading}" is still open: ${open}`);
    else if (text === '' && !optional) faults.push(`"${heading}" is empty`);
    else if (text.length > most) faults.push(`"${heading}" has ${text.length} characters: at most ${most} are told`);
    return text;
  };
  const { summary, rootCause, lessons, dataImpact, customers } = SECTIONS;
  const words = {
    summary: read(summary),
    rootCause: read(rootCause),
    lessons: read(lessons),
    dataImpact: read(dataImpact),
  };
  const forCustomers = read(customers, true);
  if (faults.length > 0) return { refused: faults.join('; ') };
  return { review: { ...words, ...(forCustomers ? { customers: forCustomers } : {}) } };
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';
const named = ({ tokens }: Tokens.Heading, heading: string) => inline(tokens).toLowerCase() === heading.toLowerCase();

/** The tokens from the heading to the next one of the same or a higher level, or to another section that is read. */
function sectionOf(tokens: readonly Token[], heading: string): Token[] | undefined {
  const start = tokens.findIndex(token => isHeading(token) && named(token, heading));
  const first = tokens[start];
  if (!first || !isHeading(first)) return undefined;
  const isRead = (token: Tokens.Heading) => Object.values(SECTIONS).some(section => named(token, section.heading));
  const rest = tokens.slice(start + 1);
  const end = rest.findIndex(token => isHeading(token) && (token.depth <= first.depth || isRead(token)));
  return end === -1 ? rest : rest.slice(0, end);
}

/**
 * Blocks of Markdown as plain text: paragraphs, and lists with hyphens. HTML comments, which instruct the writer, are left
 * out.
 */
const blocks = (tokens: readonly Token[], between = '\n\n'): string =>
  tokens.map(block).filter(Boolean).join(between).trim();

function block(token: Token): string {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'html':
    case 'def':
      return '';
    case 'list':
      return (token as Tokens.List).items
        .map(item => `- ${blocks(item.tokens, '\n').replaceAll('\n', '\n  ')}`)
        .join('\n');
    case 'code':
      return token.text;
    case 'blockquote':
      return blocks(token.tokens ?? []);
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map(cells => cells.map(cell => inline(cell.tokens)).join(' | ')).join('\n');
    }
    default:
      return inline((token as Tokens.Generic).tokens ?? [token]).trim();
  }
}

const inline = (tokens: readonly Token[]): string => tokens.map(piece).join('');

function piece(token: Token): string {
  switch (token.type) {
    case 'html':
      return '';
    case 'br':
      return '\n';
    case 'link':
      return token.href === token.text || token.href === `mailto:${token.text}`
        ? token.text
        : `${inline((token as Tokens.Link).tokens)} (${token.href})`;
    default: {
      const { tokens, text, raw } = token as Tokens.Generic;
      return tokens ? inline(tokens) : unescaped(text ?? raw);
    }
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

const unescaped = (text: string) => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => ENTITIES[name] ?? '');
