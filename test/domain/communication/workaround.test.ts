import { describe, expect, it } from 'vitest';
import { workaround } from '../../../lambda/domain/communication/questions.ts';
import type { Policy } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { answerPage } from '../../../lambda/domain/messages/answer-page.ts';
import { threadHead } from '../../../lambda/domain/messages/chat.ts';
import { internalNotification } from '../../../lambda/domain/messages/internal-notification.ts';
import { pages } from '../../../lambda/domain/messages/page.ts';
import { of, policy, Story } from '../../support/story.ts';

function fired(alarm = 'critical', changes: Partial<Policy> = {}): Story {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, ...changes }));
  story.fires(alarm);
  return story;
}

const says = (story: Story, available: boolean, text?: string) =>
  story.tell({ type: 'declare', workaround: available, by: 'ada', via: 'command line', ...(text ? { text } : {}) });

/** What is shown to whoever is called, in Slack and behind the link. */
const shown = ({ incident }: Story) => {
  const [called] = of(incident.timeline, 'Escalated');
  const link = { action: 'acknowledge', incident: incident.id, person: 'ada', expires: 0 } as const;
  return [
    called ? pages(incident, called)[0]?.fields.workaround : null,
    /\*Workaround\*\\n([^"]*)/.exec(JSON.stringify(threadHead(incident)))?.[1],
    answerPage(incident, link, null).fields.find(({ name }) => name === 'Workaround')?.value,
  ];
};

describe('the question for a workaround', () => {
  it('is shown in the page, in Slack and behind the link until somebody answers', () => {
    const story = fired();
    const question = `not known: is there one? npx incident workaround ${story.incident.id} yes|no`;
    expect(shown(story)).toEqual([question, question, question]);
    says(story, true, 'use the old export');
    const answer = 'available, says ada: use the old export';
    expect(shown(story)).toEqual([answer, answer, answer]);
    says(story, false);
    expect(workaround(story.incident)).toBe('none, says ada');
  });

  it('is answered to stakeholders once the answer is known', () => {
    const story = fired();
    story.diagnoses({});
    story.watches();
    const told = () => {
      const [update] = of(story.incident.timeline, 'UpdatePosted');
      return update && internalNotification(story.incident, update).workaround;
    };
    expect(told()).toBeNull();
    says(story, false);
    expect(told()).toBe('none, says ada');
  });

  it.each([
    ['critical', 'P2', 'core functionality impaired: 1 critical alarm firing'],
    ['warning', 'P3', 'non-critical features affected: 1 warning alarm firing'],
  ] as const)(
    'when answered with yes, gives a %s alarm a second reason for its %s, and raises nothing',
    (alarm, severity, why) => {
      const story = fired(alarm);
      says(story, true);
      const reasons = () => story.incident.severityReasons.map(({ text }) => text);
      expect(reasons()).toEqual([why, 'workaround available: declared']);
      expect(story.incident.severity).toBe(severity);
      says(story, false);
      expect(reasons()).toEqual([why]);
      expect(story.incident.severity).toBe(severity);
    },
  );

  it('when answered with yes, gives a P1 no reason and does not lower it', () => {
    const story = fired();
    says(story, true);
    story.suffers(0.6);
    expect(story.incident.severity).toBe('P1');
    expect(story.incident.severityReasons.map(({ criterion }) => criterion)).toEqual([
      'more than 50 % of users affected',
    ]);
  });

  it('when answered with a declaration, is a reason beside it and changes no severity', () => {
    const story = Story.under(policy([]));
    const declared = { severity: 'P2', workaround: true, text: 'charged twice' } as const;
    story.fires('declared', { reporter: 'grace', declared });
    expect(story.incident).toMatchObject({
      severity: 'P2',
      severityReasons: [{ text: 'declared by grace' }, { text: 'workaround available: declared' }],
    });
  });

  it('can decide the severity when a criterion names the workaround', () => {
    const none = { severity: 'P1', criterion: 'no workaround', fact: 'workaround', atLeast: 0 } as const;
    const story = fired('critical', { criteria: [...policy([]).criteria, none] });
    expect(story.incident.severity).toBe('P2');
    says(story, false);
    expect(story.incident.severity).toBe('P1');
  });

  it('is not asked of a P4 question', () => {
    const story = Story.under(policy([]));
    story.fires('declared', { reporter: 'grace', level: 'info', declared: { severity: 'P4', text: 'where?' } });
    expect(shown(story)).toEqual([null, undefined, undefined]);
  });
});
