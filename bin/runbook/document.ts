import { renderer } from '../../lambda/domain/kernel/templates.ts';
import { DEFAULT_CONFIG, type ServiceConfig } from '../../lib/config/service-config.ts';
import { TextTemplates } from '../../lib/platform/templates.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { ownAlarms } from './alarms.ts';
import { checklistByHand } from './checklist.ts';
import { commonIncidents } from './common-incidents.ts';
import { communication } from './communication.ts';
import { escalationPath } from './escalation.ts';
import { investigation } from './investigation.ts';
import { quickReference } from './quick-reference.ts';
import { mitigations, recovery } from './recovery.ts';
import { postIncidentReview } from './review.ts';
import { runbooks } from './runbooks.ts';
import { severityLevels } from './severity-levels.ts';
import { readSource, type Source } from './source.ts';

/** Where the document of a configuration stands, and what writes it there. */
export const documentOf = (name: string) =>
  name === DEFAULT_CONFIG
    ? { file: 'docs/runbook.md', command: 'npm run runbook' }
    : { file: `docs/runbook-${name}.md`, command: `npm run runbook -- --config ${name}` };

const TEMPLATE = 'runbook/runbook.md';

/** The runbook of a service for people to read, written from what the responder acts on: its file in `config/`, by name. */
export function runbookDocument(config: ServiceConfig, name: string): string {
  const fields = describe(readSource(config), documentOf(name).command);
  const templates = new TextTemplates(config.templates);
  templates.for({ [TEMPLATE]: [fields] });
  const text = renderer(templates.read('runbook'))(TEMPLATE, fields);
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** The fields of the template. */
function describe(source: Source, command: string) {
  const { config, policy } = source;
  const { title } = config;
  const { acknowledgementMinutes, remindMinutes, autoResolveMinutes, maximumAttempts, budget } = policy;
  const relief = mitigations(source);
  const incidents = commonIncidents(source);
  const modes = [...new Set(incidents.flatMap(({ steps }) => steps.map(({ mode }) => mode)))];
  return {
    ...{ title, command, acknowledgementMinutes, remindMinutes, autoResolveMinutes, maximumAttempts, budget },
    edition: edition(source),
    severities: severityLevels(source),
    checklist: checklistByHand(source),
    investigation: investigation(source),
    escalation: escalationPath(source),
    mitigations: relief,
    recovery: recovery(source),
    rollBack: relief.find(({ runbook }) => runbook === 'roll-back')?.mode ?? null,
    communication: communication(source),
    review: postIncidentReview(source),
    incidents,
    /** How far every step goes; null where they differ. */
    automation: modes.length === 1 ? modes[0] : null,
    runbooks: runbooks(source),
    ownAlarms: ownAlarms(source),
    quick: quickReference(source),
  };
}

/** The edition of the runbook, by the configuration alone, so that it is the same whenever it is written. */
function edition({ config }: Source) {
  const { version = packageJson.version, date, owner } = config.runbook ?? {};
  return { version, date: date ?? null, owner: owner ?? null, nextReview: date ? nextQuarter(date) : null };
}

/** The first day of the quarter that follows: then the responder mails the reviewers. */
function nextQuarter(date: string): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, Math.ceil(month / 3) * 3)).toISOString().slice(0, 10);
}
