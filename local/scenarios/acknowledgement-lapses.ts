import { NO_DEAD_LETTERS } from './expectations.ts';
import { called, nobodyAnswers, of } from './nobody-answers.ts';
import type { Scenario } from './scenario.ts';

const ON_CALL = 'ada@mockupaws.com';

/** Somebody takes it on, and falls asleep over it. */
export const acknowledgementLapses: Scenario = {
  ...nobodyAnswers,
  name: 'acknowledgement-lapses',
  title: 'Somebody acknowledges, and nothing more is done: people are called again',
  story:
    'The same trouble, and the on-call engineer acknowledges by the link in the e-mail. Calls stop. But an acknowledgement ' +
    'is a lease: half an hour later nothing has been done, and people are called again.',
  inject: world => {
    nobodyAnswers.inject(world);
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 4, once: true });
  },
  done: world => called(world).length >= 3,
  expectations: [
    {
      expectation: 'it is acknowledged by the link in the message',
      holds: world => of(world, 'Acknowledged').length === 1 && of(world, 'Acknowledged')[0]?.['via'] === 'link',
    },
    {
      expectation: 'nobody is called while the acknowledgement holds',
      holds: world => {
        const [{ at = '', until = '' } = {}] = of(world, 'Acknowledged') as { at?: string; until?: string }[];
        const calls = [...of(world, 'Escalated'), ...of(world, 'Reminded')];
        return until > at && calls.every(call => call.at <= at || call.at >= until);
      },
    },
    {
      expectation: 'when it lapses, the path begins anew with the first level',
      holds: world => called(world).join() === '1,1,2',
    },
    NO_DEAD_LETTERS,
  ],
};
