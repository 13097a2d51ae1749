import fc from 'fast-check';
import { expect, test } from 'vitest';
import { show } from '../../../bin/incident/show.ts';
import { timesOf } from '../../../lambda/domain/figures/figures.ts';
import type { IncidentHistory } from '../../../lambda/domain/incident/history.ts';
import type { MeasuredOutage } from '../../../lambda/domain/incident/review-records.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderer, renderMail } from '../../../lambda/domain/kernel/templates.ts';
import { threadReply } from '../../../lambda/domain/messages/chat.ts';
import { postIncident } from '../../../lambda/domain/post-mortem/post-incident.ts';
import { postMortem } from '../../../lambda/domain/post-mortem/post-mortem.ts';
import { invitationFields } from '../../../lambda/domain/post-mortem/review-notices.ts';
import { incidentLine } from '../../../lambda/domain/status-page/incident-page.ts';
import { publicIncident } from '../../../lambda/domain/status-page/public-incident.ts';
import { readFolders } from '../../../lib/platform/templates.ts';
import { minute, of, policy, STATUS_PAGE, Story } from '../../support/story.ts';

const render = renderer(readFolders('documents', 'messages', 'status-updates'));
const POLICY = policy([], {
  severities: RUNBOOK_SEVERITIES,
  statusPage: STATUS_PAGE,
});
const SOURCES = { reviewers: [], meeting: undefined, graphs: [], logGroup: '/ecs/shop' };
const REVIEW = { summary: 's', rootCause: 'r', lessons: 'l', dataImpact: 'none', customers: 'c' };

/** Published, over in minute 40 after its signals cleared in minute 35, measured and reviewed. */
function reviewed(outage: MeasuredOutage): IncidentHistory {
  const story = Story.under(POLICY);
  story.fires();
  story.at(1).responds();
  story.suffers();
  story.at(2).watches();
  story.at(35).suffers(0);
  story.clears();
  story.at(40).resolves();
  story.tell({ type: 'record outage', outage });
  story.at(100).tell({ type: 'finish post-mortem', by: 'ada', ...REVIEW });
  return story.incident;
}

/** Every place that says how long it lasted. */
function told(incident: IncidentHistory): Record<string, string> {
  const seen = publicIncident(incident, render);
  const [done] = of(incident.timeline, 'PostMortemDone');
  const [measured] = of(incident.timeline, 'OutageMeasured');
  if (!seen || !done || !measured) throw new Error('it was not published, measured and reviewed');
  return {
    'post-mortem': render('documents/post-mortem.md', postMortem(incident, SOURCES)),
    'post-incident mail': renderMail(render, 'messages/post-incident.txt', postIncident(incident, done)).body,
    invitation: invitationFields(incident, { url: '' }).duration,
    'status page': incidentLine(seen).lasted ?? '',
    terminal: show(incident),
    chat: threadReply(incident, measured)?.text ?? '',
    figures: `${timesOf(incident).mitigate} minutes`,
  };
}

test('the same duration is in every document and message, whatever was measured', () => {
  const minutes = fc.tuple(fc.integer({ min: -5, max: 20 }), fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(fc.option(minutes), measured => {
      const [from, length] = measured ?? [];
      const outage = measured ? { from: minute(from ?? 0), to: minute((from ?? 0) + (length ?? 0)) } : { unknown: 'x' };
      const words = `${length ?? 35} minute`;
      for (const [place, text] of Object.entries(told(reviewed(outage))))
        expect([place, text], place).toEqual([place, expect.stringMatching(new RegExp(`(^|\\D)${words}`))]);
    }),
    { numRuns: 40 },
  );
});

test('an outage that could not be measured is reported as not known, and no figure is made up', () => {
  const places = told(reviewed({ unknown: 'CloudWatch did not answer (Throttling)' }));
  expect(places['post-mortem']).toMatch(/Not known: CloudWatch did not answer \(Throttling\)\. By the signals/);
  expect(places['post-mortem']).toContain('the worst minute is not known');
  for (const place of ['post-incident mail', 'terminal', 'chat'])
    expect(places[place]).toContain('the metrics tell nothing: CloudWatch did not answer (Throttling)');
});
