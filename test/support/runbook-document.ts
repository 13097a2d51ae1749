import { runbookDocument } from '../../bin/runbook/document.ts';
import config from '../../config/mockupaws-production.ts';
import { DEFAULT_CONFIG, defineService } from '../../lib/config/service-config.ts';

export const document = runbookDocument(config, DEFAULT_CONFIG);

/** A service with nothing that may be left out. */
export const bare = defineService({
  ...config,
  ...{ redis: undefined, certificates: undefined, slack: undefined, pagerduty: undefined, opsgenie: undefined },
  ...{ statusPage: undefined, stakeholders: undefined, reviewers: undefined, reviewGuests: undefined },
  ...{ hotline: undefined, runbook: undefined, serviceHealth: undefined, serviceMemory: undefined },
});

/** The headings, each with its line; what begins with # in a block of code is none. */
export function headingsOf(lines: string[]): { rank: number; text: string; at: number }[] {
  let fenced = false;
  return lines.flatMap((line, at) => {
    if (line.startsWith('```')) fenced = !fenced;
    const [, marks = '', text = ''] = (!fenced && /^(#+) (.+)$/.exec(line)) || [];
    return marks ? [{ rank: marks.length, text, at }] : [];
  });
}

/** The words that a text lacks: shorter to read than the text. */
export const lacking = (text: string, wanted: readonly string[]) => wanted.filter(words => !text.includes(words));
