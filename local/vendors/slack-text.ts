import type { Block, SlackMessage } from './slack.ts';

/** A message's blocks as one text in Slack's own markup, its buttons in brackets; without blocks, its text. */
export const asText = ({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): string =>
  blocks.length > 0 ? blocks.map(blockAsText).join('\n\n') : text;

function blockAsText({ text, fields, elements }: Block): string {
  if (elements) return elements.map((button: Block) => `[${button['text'].text}]`).join(' ');
  const texts: Block[] = text ? [text] : fields;
  // Plain text has no markup: as if it had, it reads the same.
  return texts.map(part => (part['type'] === 'mrkdwn' ? part['text'] : escaped(part['text']))).join('\n');
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
