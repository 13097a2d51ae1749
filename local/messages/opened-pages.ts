import type { RehearsalWorld } from '../world/world.ts';

/** A page behind a link, as its recipient saw it a few seconds after the message. */
export interface OpenedPage {
  at: string;
  /** The link's name in the message. */
  label: string;
  to: string;
  html: string;
}

const SECONDS = 5000;
const LINK = /^ *([A-Z][\w ]*): (https:\/\/\S+)$/gm;

/** From now on, opens the links of each kind of message, once for a subject. To open changes nothing. */
export function openPages({ account, functions, topics, clock }: RehearsalWorld): OpenedPage[] {
  const hosts = account
    .ofType('AWS::Lambda::Url')
    .map(({ attributes }) => new URL(attributes['FunctionUrl'] ?? '').host);
  const pages: OpenedPage[] = [];
  const known = new Set<string>();
  account.listen(({ type }) => {
    const message = type === 'message' ? topics.messages.at(-1) : undefined;
    if (!message) return;
    const { to, subject, body } = message;
    for (const [, label = '', url = ''] of body.matchAll(LINK)) {
      const kind = `${subject} ${label}`;
      if (known.has(kind) || !hosts.includes(new URL(url).host)) continue;
      known.add(kind);
      clock.after(SECONDS, async () => {
        const { headers, body: html } = await functions.request(url);
        if (/^text\/html/.test(headers['content-type'] ?? '')) pages.push({ at: clock.iso, label, to, html });
      });
    }
  });
  return pages;
}
