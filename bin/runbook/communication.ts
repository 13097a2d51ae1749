import { renderer, renderMail } from '../../lambda/domain/kernel/templates.ts';
import { internalNotification } from '../../lambda/domain/messages/internal-notification.ts';
import { postIncident } from '../../lambda/domain/post-mortem/post-incident.ts';
import { publicIncident } from '../../lambda/domain/status-page/public-incident.ts';
import { customerMail } from '../../lambda/domain/subscribers/customer-notification.ts';
import { TextTemplates } from '../../lib/platform/templates.ts';
import { exampleIncident, firstOf } from './example.ts';
import type { Source } from './source.ts';

/** The runbook's section 3: the audiences, and the messages as an incident of this service may have them. */
export function communication(source: Source) {
  const { config, policy } = source;
  const { stakeholders = [], operations, slack } = config;
  const templates = new TextTemplates(config.templates).read('documents', 'messages', 'status-updates');
  const render = renderer(templates);
  const example = exampleIncident(source);
  const update = firstOf(example, 'UpdatePosted', 'stakeholders');
  const reviewed = firstOf(example, 'PostMortemDone');
  // The first is the notification, what follows are updates.
  const letters = [firstOf(example, 'UpdatePosted', 'public'), firstOf(example, 'Mitigated')].flatMap(
    ({ incident }) => customerMail(incident, render) ?? [],
  );
  return {
    ...{ stakeholders, operations, slack: slack !== undefined, updateMinutes: policy.updateMinutes },
    statusPage: policy.statusPage?.url ?? null,
    investigations: policy.statusPage?.investigations ?? 'approve',
    internal: renderMail(
      render,
      'messages/internal-notification.txt',
      internalNotification(update.incident, update.entry),
    ),
    customers: config.statusPage?.subscribers ? letters.map(({ subject, body }) => ({ subject, body })) : [],
    statusUpdates: (publicIncident(example, render)?.updates ?? [])
      .toReversed()
      .map(({ status, body }) => ({ status, body })),
    postIncident: renderMail(render, 'messages/post-incident.txt', postIncident(reviewed.incident, reviewed.entry)),
    templates: Object.entries(templates).map(([name, text]) => ({
      file: `templates/${name}.liquid`,
      // The subject stands in a cell of a table.
      subject: /^Subject: *(.+)/.exec(text)?.[1]?.replaceAll('|', '\\|') ?? null,
    })),
  };
}
