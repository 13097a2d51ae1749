import { HEALTHY, NO_DEAD_LETTERS, RESOLVED } from './expectations.ts';
import { nobodyAnswers, of } from './nobody-answers.ts';
import type { Scenario } from './scenario.ts';

const ON_CALL = 'ada@mockupaws.com';

/** The database lacks connections, and a person says that it may be rebooted for more. */
export const approvalGiven: Scenario = {
  ...nobodyAnswers,
  name: 'approval-given',
  title: 'A person approves by the link in the message, and that heals it',
  story:
    'A migration holds sessions that are all at work, so that none may be killed. What helps is to raise max_connections, ' +
    'which costs a reboot: approval is asked for, and the on-call engineer opens the link and gives it.',
  inject: world => {
    nobodyAnswers.inject(world);
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 3, once: true });
    world.people.answer({ to: ON_CALL, link: 'Approve', after: 6, text: 'the reboot is fine', once: true });
  },
  minutes: 110,
  done: world => world.calm && of(world, 'Resolved').length > 0,
  expectations: [
    {
      expectation: 'the reboot is run dry, approved by the link in the message, and only then done',
      holds: world => {
        const [given] = of(world, 'ApprovalGiven');
        const [dry, step] = of(world, 'StepStarted').filter(entry => entry['step'] === 'raise-max-connections');
        return dry?.['preview'] === true && given?.['via'] === 'link' && step !== undefined && step.seq > given.seq;
      },
    },
    {
      expectation: 'the note is in the log',
      holds: world => of(world, 'NoteAdded').some(({ text }) => text === 'the reboot is fine'),
    },
    {
      expectation: 'it heals',
      holds: world => of(world, 'StepSucceeded').some(({ run }) => String(run).includes('raise-max-connections')),
    },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
