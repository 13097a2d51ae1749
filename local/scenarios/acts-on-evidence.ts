import { FUNCTION_ERROR, MISSING_OUTPUT, taking } from 'embedded-aws';
import type { RehearsalWorld } from '../world/world.ts';
import { databaseConnections, handedOverWithAdvice } from './database-connections.ts';
import { HEALTHY, NO_DEAD_LETTERS, PAGED, RESOLVED } from './expectations.ts';
import { NOTHING_CHANGED } from './nothing-happens.ts';
import { begin, ofPlaybook, ran } from './of-playbook.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const database = ofPlaybook('DatabaseConnections');

/** Sessions that somebody else had opened are gone. */
function endForgotten({ service: { database }, account }: RehearsalWorld): void {
  account.emit('person', { who: 'ada', does: 'ends the forgotten sessions', tone: 'good' });
  const forgotten = database.sessions().filter(({ application }) => /migration|report-export/.test(application));
  database.terminated(forgotten.map(({ pid }) => pid));
}

/** A person who deploys a fix at the worst moment: while automation is about to roll back. */
export const deployedMeanwhile: Scenario = {
  name: 'deployed-meanwhile',
  title: 'A person deploys a fix while automation is about to roll back: the fix stands',
  story:
    'A new version fails two fifths of its requests. The responder decides to roll it back; in the same second a person ' +
    'deploys a fix. The runbook finds that the deployment to blame is not the latest any more, and changes nothing.',
  inject: world => {
    begin(world, 'a new version is being deployed, and it is a bad one', () => world.service.deployments.deploy(0.4));
    let fixed = false;
    world.account.listen(({ type, step }) => {
      if (type !== 'StepStarted' || step !== 'roll-back' || fixed) return;
      fixed = true;
      world.service.deployments.deploy();
    });
  },
  minutes: 90,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    PAGED,
    {
      expectation: 'the version that the person deployed runs',
      holds: ({ service }) => service.deployments.wanted.number === 43,
    },
    NOTHING_CHANGED,
    {
      expectation: 'it is said why nothing was done',
      holds: world =>
        [...world.incidents.values()]
          .flatMap(({ timeline }) => timeline)
          .some(
            ({ type, reason = '' }) =>
              type === 'StepFailed' && /has taken the place of|is no longer under way/.test(reason),
          ),
    },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** Relief is not taken away while it is needed. */
export const reliefStays: Scenario = {
  name: 'relief-stays',
  title: 'What relieves people stays until the trouble is over',
  story:
    'A migration fills the database. Scaled down, the service works again, though the database stays nearly full. Nobody ' +
    'answers the approval of a reboot, and a person is called: the tasks stay scaled down. An hour and a half later somebody ' +
    'ends the migration; only then are the tasks put back.',
  inject: world => {
    handedOverWithAdvice.inject(world);
    const failing: number[] = [];
    world.clock.every(MINUTE, () => void failing.push(world.service.errorShare));
    failingByMinute.set(world, failing);
    world.clock.after(100 * MINUTE, () => endForgotten(world));
  },
  minutes: 150,
  done: database.calm,
  expectations: [
    database.oneIncident,
    PAGED,
    {
      expectation: 'until the trouble is over people are served well, though nobody answers',
      holds: world => (failingByMinute.get(world) ?? []).slice(35, 99).every(share => share < 0.01),
    },
    {
      expectation: 'every reminder names what stays, and how it is taken back',
      holds: world => {
        const [scaled] = database.entries(world, 'StepStarted');
        const reminders = world.topics.messages.filter(
          ({ at, body }) => scaled && at > scaled.at && body.includes('Automation has stopped'),
        );
        return (
          reminders.length > 0 && reminders.every(({ body }) => /npx incident revert INC-\S+ scale-down/.test(body))
        );
      },
    },
    ran('scale-service', 'kill-idle-connections', 'scale-service'),
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** The share of requests that fail, minute by minute, of each world. */
const failingByMinute = new WeakMap<RehearsalWorld, number[]>();

/** No document says whether a FunctionError fails its step: here it does not. */
export const runbookFails: Scenario = {
  name: 'runbook-fails',
  title: 'The remedy fails: it counts as failed, and a person takes over',
  story:
    'A report export forgets its sessions. The function that would end them fails each time it is called, and Systems Manager ' +
    'goes on as if it had not. The step counts as failed all the same, and a person is called who ends the sessions.',
  faults: {
    broken: ['kill-idle-connections'],
    undocumented: { ...taking(FUNCTION_ERROR, 'is an output'), ...taking(MISSING_OUTPUT, 'is left out') },
  },
  inject: world => {
    databaseConnections.inject(world);
    world.clock.after(70 * MINUTE, () => endForgotten(world));
  },
  minutes: 120,
  done: database.calm,
  expectations: [
    database.oneIncident,
    PAGED,
    {
      expectation: 'the step that failed counts as failed',
      holds: world =>
        database.entries(world, 'StepFailed').some(({ run, checks }) => /kill-idle/.test(run) && checks.length === 0) &&
        database.entries(world, 'StepSucceeded').every(({ run }) => !/kill-idle-connections$/.test(run)),
    },
    { expectation: 'a person is called', holds: world => database.handedOver(world) },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** The mode that a new configuration has. */
export const observe: Scenario = {
  name: 'observe',
  title: 'Automation only observes: it says what it would have done',
  story:
    'The configuration as it is delivered. A report export forgets its sessions, and the database is full. Every runbook of the ' +
    'plan runs dry; people learn at once that automation will not act, and at the end what it would have done, and why. Somebody does it.',
  modes: 'configured',
  inject: world => {
    databaseConnections.inject(world);
    world.clock.after(40 * MINUTE, () => endForgotten(world));
  },
  minutes: 90,
  done: database.calm,
  expectations: [
    database.oneIncident,
    PAGED,
    {
      expectation: 'the first page says that automation will not act',
      holds: ({ topics }) =>
        /Automation only observes/.test(
          topics.messages.find(({ body }) => body.includes('What is being done'))?.body ?? '',
        ),
    },
    {
      expectation: 'whoever takes over learns what would have been done, and on what evidence',
      holds: ({ topics }) =>
        topics.messages.some(({ body }) =>
          /It would have run: Scale backend down to 5 tasks \(the writer uses [\d,]+ of 1,722 connections\)/.test(
            body.replace(/\s+/g, ' '),
          ),
        ),
    },
    {
      expectation:
        'it is told which sessions would end, and which are spared, and why; or that no connection was left to ask by',
      holds: ({ topics }) =>
        topics.messages.some(
          ({ body }) =>
            (/Would end [\d,]+ sessions; [\d,]+ of 1,722 connections in use\./.test(body) &&
              /- [\d,]+ sessions: report-export \(user [\w-]+\), idle/.test(body) &&
              /Cannot be seen: /.test(body)) ||
            /no connection was free for the responder/.test(body),
        ),
    },
    {
      expectation: 'every runbook that runs, runs dry',
      holds: ({ runbooks: { runs } }) =>
        runs.length > 0 && runs.every(({ parameters }) => parameters['DryRun']?.[0] === 'true'),
    },
    NOTHING_CHANGED,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
