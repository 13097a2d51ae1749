import { type AnswerPage, REFUSAL, UNAVAILABLE } from '../../lambda/domain/messages/answer-page.ts';
import type { Samples } from './samples.ts';

const PAGE: AnswerPage = {
  title: 'P1 Shop is down - INC-2026-01-31-001',
  drill: true,
  severity: 'P1',
  heading: 'Shop is down',
  id: 'INC-2026-01-31-001',
  notice: null,
  form: { explains: 'You take it on.', field: 'Note', required: false, button: 'Acknowledge', confirms: null },
  merge: null,
  fields: [{ name: 'Status', value: 'identified' }],
  signals: [
    { firing: true, text: 'Health URLs: 100 % fail' },
    { firing: false, text: 'Errors: 2 %' },
  ],
  doing: ['[>] 09:31 Scale up: running'],
  checklist: [
    { done: true, text: 'Identify the severity' },
    { done: false, text: 'Notify stakeholders' },
  ],
  timeline: [{ at: '2026-01-31T09:31:00.000Z', clock: '09:31', text: 'opened: Shop is down' }],
};

/** The pages behind the links in messages. */
export const answerSamples: Samples = {
  'pages/incident.html': [
    PAGE,
    {
      ...PAGE,
      drill: false,
      form: { explains: 'It is over.', field: 'Why', required: true, button: 'Resolve', confirms: 'a job was stopped' },
    },
    { ...PAGE, merge: [{ id: 'INC-2026-01-31-002', title: 'Orders are lost' }] },
    { ...PAGE, notice: { tone: 'good', text: 'Done.' }, form: null },
  ],
  'pages/message.html': [
    REFUSAL,
    UNAVAILABLE,
    // Another public endpoint's.
    { ...REFUSAL, link: { label: 'Status page', url: 'https://status.example.com' } },
  ],
};
