import type { ChecklistItem } from '../../lambda/domain/incident/events.ts';
import { checklistOf } from '../../lambda/domain/on-call/checklist.ts';
import type { Source } from './source.ts';

/** The runbook's 2.1 as of a P1: who does each by itself, if anything does, and how it is done by hand. */
export const checklistByHand = (source: Source) =>
  checklistOf(source.policy, 'P1').map(({ item, text }) => ({
    text,
    byItself: byItself(source)[item],
    byHand: BY_HAND[item],
  }));

const byItself = ({ config, policy }: Source): Record<ChecklistItem, string | null> => {
  const tickets = [...(config.pagerduty ? ['PagerDuty'] : []), ...(config.opsgenie ? ['Opsgenie'] : [])];
  const { stakeholdersMinutes } = policy.severities.P1;
  return {
    acknowledge: null,
    ticket: tickets.length > 0 ? `in ${tickets.join(' and ')}, at once` : null,
    channel: config.slack ? 'a thread in Slack, at once' : null,
    severity: 'by the criteria of section 1, each minute anew',
    log: 'its timeline, from the first signal on',
    stakeholders: stakeholdersMinutes === undefined ? null : `by e-mail within ${stakeholdersMinutes} min`,
  };
};

const BY_HAND: Record<ChecklistItem, string> = {
  acknowledge: 'npx incident ack ID',
  ticket: 'npx incident tick ID ticket',
  channel: 'npx incident tick ID channel',
  severity: 'npx incident severity ID P1 --reason "…"',
  log: 'npx incident note ID …',
  stakeholders: 'npx incident tick ID stakeholders',
};
