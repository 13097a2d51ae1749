import { visible } from './visible.ts';

/**
 * Encodes text from outside for Slack's mrkdwn: nothing in it mentions a person, a group or the whole channel, or is a
 * link with a text of its own.
 */
export const slackText = (text: string): string =>
  visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A link with its label. An address that is none of the web's is only named. */
export const slackLink = (label: string, url: string): string =>
  /^https?:\/\//.test(url) ? `<${slackUrl(url)}|${slackText(label).replaceAll('|', '/')}>` : slackText(label);

const slackUrl = (url: string) =>
  visible(url)
    .replace(/[\s<>|]/g, character => encodeURIComponent(character))
    .replaceAll('&', '&amp;');
