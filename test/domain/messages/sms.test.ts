import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gsm7Segments, toGsm7 } from '../../../lambda/domain/encoding/gsm7.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderer } from '../../../lambda/domain/kernel/templates.ts';
import { LINK, type LinkAction } from '../../../lambda/domain/messages/link.ts';
import { isPagedEvent, pages } from '../../../lambda/domain/messages/page.ts';
import { senderOf, writePage } from '../../../lambda/domain/messages/page-text.ts';
import { LONGEST } from '../../../lib/config/most.ts';
import { policy, STATUS_PAGE, Story, step } from '../../support/story.ts';
import { render } from '../../support/written.ts';

const words = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength, size: 'max' }),
    // What takes two places each, and what is only spelled in many.
    fc.constantFrom('[', '€', '{a}', 'щ', 'ß ', 'Wort ').map(unit => unit.repeat(maxLength).slice(0, maxLength)),
  );

/** Everything that stands in an SMS, as long as a configuration may have it, and what alarms and people write. */
const incident = fc.record({
  ...{ service: words(LONGEST.title), title: words(120), summary: words(200), step: words(200), reason: words(300) },
  hotline: fc.option(words(LONGEST.text), { nil: undefined }),
  drill: fc.boolean(),
  critical: fc.boolean(),
  minutes: fc.integer({ min: 0, max: 1500 }),
});

/** The longest link: the longest name of a region, of a person and of a step. */
const linkTo = (action: LinkAction, id: string) =>
  `https://${'x'.repeat(32)}.lambda-url.ap-southeast-2.on.aws/${LINK.format({
    ...{ action, incident: id, person: `p${'x'.repeat(30)}`, expires: 1_800_000_000, mac: new Uint8Array(32) },
    ...(action === 'approve' ? { step: 'restore-validation-records' } : {}),
  })}`;

function storyOf({
  service,
  title,
  summary,
  step: name,
  reason,
  hotline,
  drill,
  critical,
  minutes,
}: typeof incident extends fc.Arbitrary<infer T> ? T : never) {
  const changes = { title: service, hotline, severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE };
  const base = policy([step('ask', { mode: 'approve', title: name }), step('other')], changes);
  const [playbook, ...others] = base.playbooks;
  const story = Story.under({
    ...base,
    playbooks: [{ ...(playbook as NonNullable<typeof playbook>), title }, ...others],
  });
  story.careful = false;
  story.fires(critical ? 'critical' : 'warning', { summary, drill });
  story.responds();
  for (const at of [minutes, minutes + 16, minutes + 32, minutes + 70]) story.at(at).watches();
  story.tell({ type: 'end response', attempt: story.incident.attempt?.number ?? 1, reason });
  story.tell({ type: 'declare', dataLoss: true, text: summary, by: 'ada' });
  story.watches();
  return story.incident;
}

test('an SMS has two segments, and in them the severity, the deadline and the whole link, whatever the rest is', () => {
  fc.assert(
    fc.property(incident, given => {
      const { timeline, ...state } = storyOf(given);
      for (const event of timeline.filter(isPagedEvent))
        for (const { fields } of pages({ ...state }, event)) {
          const asks = event.type.startsWith('Approval');
          const link = { label: 'Answer', url: linkTo(asks ? 'approve' : 'acknowledge', state.id) };
          const { sms } = writePage(render, fields, { lines: [], link });
          expect(gsm7Segments(`${senderOf(fields.service)}> ${sms}`), sms).toBeLessThanOrEqual(2);
          expect(toGsm7(sms)).toBe(sms);
          expect(sms).toMatch(/^(\[DRILL\] )?P[1-4] /);
          expect(sms.endsWith(`\n${link.url}`), sms).toBe(true);
          if (fields.deadline) expect(sms).toContain(`${fields.deadline}`);
        }
    }),
    { numRuns: 100 },
  );
});

test("an SMS by a template of somebody's own, with many words, keeps its beginning, deadline and link", () => {
  const many = renderer({
    'messages/page.txt': 'Subject: s\n\nb',
    'messages/sms.txt': `{{ severity }} ${'so many words '.repeat(40)}`,
  });
  const story = new Story(step('first'));
  const [event] = story.fires().filter(isPagedEvent).slice(-1);
  const [page] = event ? pages(story.incident, event) : [];
  const link = { label: 'Answer', url: linkTo('acknowledge', story.incident.id) };
  const sms = page && writePage(many, page.fields, { lines: [], link }).sms;
  expect(sms).toMatch(/^P2 so many words .+so many\.\.\. Respond by 10:30 UTC\nhttps:\S+$/);
  expect(gsm7Segments(`mockupAWS> ${sms}`)).toBe(2);
});
