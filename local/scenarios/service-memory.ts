import { HEALTHY, NO_DEAD_LETTERS, RESOLVED } from './expectations.ts';
import { acting, begin, ofPlaybook, ran } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const { calm, entries, handedOver, oneIncident: ONE_INCIDENT } = ofPlaybook('ServiceMemory');

const DUMPED: Expectation = {
  expectation: 'a heap is dumped before anything else is done, and says where it is',
  holds: ({ runbooks: { runs } }) => {
    const [first] = runs;
    const said = JSON.stringify(first?.outcome?.outputs ?? {});
    return (
      (first?.name.endsWith('capture-heap-dump') ?? false) && /heap-dumps\/backend\/\S+, [1-9]\d+ bytes/.test(said)
    );
  },
};
const SECRETS_KEPT: Expectation = {
  expectation: 'the URL it is uploaded to is told nobody',
  holds: ({ incidents, topics, runbooks }) =>
    !/X-Amz-Signature/.test(JSON.stringify([[...incidents.values()], topics.messages, runbooks.runs])),
};
/** The follow-ups that every reviewed incident leaves. */
const REVIEW = 'Review the runbook';
const ADVISED: Expectation = {
  expectation: 'finding the leak is raised as an action item, once',
  holds: world => entries(world, 'ActionItemRaised').filter(({ action }) => action !== REVIEW).length === 1,
};
const UNANSWERED: Expectation = {
  expectation: 'approval of more memory is asked for, and no answer is a no',
  holds: world =>
    entries(world, 'ApprovalRequested')[0]?.['step'] === 'raise-memory' &&
    entries(world, 'ApprovalDeclined').every(({ by }) => by === 'time'),
};
const NOT_RESOLVED: Expectation = {
  expectation: 'it is handed over with the advice, not resolved',
  holds: world =>
    entries(world, 'Resolved').length === 0 &&
    world.topics.messages.some(
      ({ subject = '', body }) => subject.includes('NEEDS YOU') && body.includes('of revision'),
    ),
};

/** The runbook's 5.2. What the tasks have taken they do not give back, but those that start anew have not taken it. */
export const serviceMemory: Scenario = {
  name: 'service-memory',
  title: 'High memory usage: a restart heals it',
  story:
    'For ten minutes, huge uploads are buffered in the tasks and never given back: nine tenths of their memory are ' +
    'held. A heap is dumped, so that somebody can see by what, and then task by task is replaced. What caused it is ' +
    'over, and the new tasks stay small.',
  inject: world =>
    begin(world, 'huge uploads are buffered in the tasks, and never given back', () => {
      world.service.memory.leak = { perMinute: 400, atMost: 3860, until: world.clock.now + 10 * MINUTE };
    }),
  minutes: 90,
  done: calm,
  expectations: [
    ONE_INCIDENT,
    RESOLVED,
    DUMPED,
    SECRETS_KEPT,
    ran('capture-heap-dump', 'restart-tasks'),
    ADVISED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** Every task loads more than it can hold when it starts: no restart helps, and a person decides to give it more. */
export const serviceMemoryLimit: Scenario = {
  name: 'service-memory-limit',
  title: 'High memory usage: the tasks have become too small',
  story:
    'The catalogue that every task holds in memory has grown, and so do the tasks, to nine tenths of what they have. ' +
    'Restarted, each loads it again. More memory would do, but costs more from then on: approval is asked for, nobody ' +
    'answers, and that means no.',
  inject: world =>
    begin(world, 'the catalogue that every task holds has grown', () => {
      world.service.memory.leak = { perMinute: 12_000, atMost: 3800 };
    }),
  minutes: 120,
  done: handedOver,
  expectations: [ONE_INCIDENT, DUMPED, ran('capture-heap-dump', 'restart-tasks'), UNANSWERED, ADVISED, NOT_RESOLVED],
};

/** The leak has no end: whatever is tried, the tasks are killed again. */
export const serviceMemoryHandedOver: Scenario = {
  name: 'service-memory-handed-over',
  title: 'High memory usage: it leaks without end, a person takes over',
  story:
    'Every task leaks, whatever its version, until it is killed; ECS starts another, and it leaks again. ECS Exec is off, ' +
    'so no heap can be dumped, and the diagnosis says so. A restart does not last, and more memory is not approved: a ' +
    'person must find the leak.',
  inject: world => {
    world.service.memory.exec = false;
    begin(world, 'every task begins to leak, and is killed when its memory is used up', () => {
      world.service.memory.leak = { perMinute: 500 };
    });
  },
  minutes: 120,
  done: handedOver,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'the diagnosis says why no heap is dumped, and the step is left out',
      holds: world =>
        JSON.stringify(entries(world, 'DiagnosisRecorded')).includes('no heap dump: ECS Exec is off on its tasks') &&
        entries(world, 'StepSkipped').some(({ step }) => step === 'capture-heap-dump'),
    },
    {
      expectation:
        'of the plan for memory, the restart alone acts; a scale-up for the symptom may be tried, and is put back',
      holds: world => {
        const own = acting(world).filter(({ name }) => !name.endsWith('-scale-up'));
        const { tasks } = world.service;
        return own.length === 1 && /-restart-tasks$/.test(own[0]?.name ?? '') && tasks.desired === tasks.usual;
      },
    },
    UNANSWERED,
    ADVISED,
    NOT_RESOLVED,
  ],
};
