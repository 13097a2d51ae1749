import type { Form } from '../../lambda/domain/messages/answer-forms.ts';
import { type AnswerPage, REFUSAL, UNAVAILABLE } from '../../lambda/domain/messages/answer-page.ts';
import type { Samples } from './samples.ts';

const FORM: Form = {
  ...{ id: 'acknowledge', path: null, explains: 'You take it on.', field: 'Note', required: false, choice: null },
  ...{ button: 'Acknowledge', confirms: null },
};
const SEVERITY: Form = {
  ...{ id: 'severity', path: '1s.20260131001.tq3k5s.YWRh.bWFj', explains: 'Your word counts.', field: 'Reason' },
  ...{ required: false, button: 'Set severity', confirms: null },
  choice: { name: 'severity', label: 'Severity', options: [{ value: 'P2', text: 'P2 - High', selected: true }] },
};
const END: Form = { ...SEVERITY, id: 'unmaintain', field: null, choice: null, button: 'End maintenance' };

const PAGE: AnswerPage = {
  title: 'P1 Shop is down - INC-2026-01-31-001',
  drill: true,
  severity: 'P1',
  heading: 'Shop is down',
  id: 'INC-2026-01-31-001',
  notice: null,
  form: FORM,
  next: [],
  fields: [{ name: 'Status', value: 'identified' }],
  signals: [
    { firing: true, text: 'Health URLs: 100 % fail' },
    { firing: false, text: 'Errors: 2 %' },
  ],
  findings: [
    { tone: 'bad', text: 'Health: 100 % fail', clock: '09:31' },
    { tone: 'dim', text: 'Deployments could not be read', clock: null },
  ],
  links: [{ label: 'Dashboard', url: 'https://example.com/dashboard' }],
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
      form: { ...FORM, required: true, button: 'Resolve', confirms: 'a job was stopped' },
    },
    { ...PAGE, next: [SEVERITY, END] },
    { ...PAGE, notice: { tone: 'good', text: 'Done.' }, form: null },
  ],
  'pages/message.html': [
    REFUSAL,
    UNAVAILABLE,
    // Another public endpoint's.
    { ...REFUSAL, link: { label: 'Status page', url: 'https://status.example.com' } },
  ],
};
