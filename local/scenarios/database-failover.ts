import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, PAGED, RESOLVED } from './expectations.ts';
import { begin, ofPlaybook, ran } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const { entries, oneIncident: ONE_INCIDENT, calm } = ofPlaybook('DatabaseAvailability');

const ON_CALL = 'ada@mockupaws.com';

const facts = (world: RehearsalWorld): Record<string, number> =>
  entries(world, 'DiagnosisRecorded')
    .flatMap(({ findings }) => findings as { check: string; facts: Record<string, number> }[])
    .find(({ check }) => check === 'database writer')?.facts ?? {};

const MEASURED: Expectation = {
  expectation: 'that the writer is read-only, for longer than a failover of Aurora takes, is measured',
  holds: world => (facts(world)['writerReadOnlyMinutes'] ?? 0) >= 3 && facts(world)['readersAvailable'] === 1,
};

const ASKED: Expectation = {
  expectation: 'whoever is asked to approve reads who would take over from whom, as the dry run has seen it',
  holds: ({ topics: { messages } }) =>
    messages.some(
      ({ body }) =>
        body.includes('Approve') &&
        /Would make mockupaws-production-1 \(db\.r6g\.large, available\) the writer of mockupaws-production, in place of mockupaws-production-2/.test(
          body,
        ),
    ),
};

const APPROVED: Expectation = {
  expectation: 'the failover is run dry, approved by the link in the message, and only then done',
  holds: world => {
    const [given] = entries(world, 'ApprovalGiven');
    const [dry, step] = entries(world, 'StepStarted');
    return dry?.['preview'] === true && given?.['via'] === 'link' && step !== undefined && step.seq > given.seq;
  },
};

const VERIFIED: Expectation = {
  expectation: 'it is verified by the alarm, which asks the database, and by the health URLs',
  holds: world =>
    entries(world, 'StepSucceeded').some(({ checks }) => checks.length > 1) &&
    world.service.database.members.writer === 'mockupaws-production-1',
};

const ADVISED: Expectation = {
  expectation: 'to find out why is raised as an action item, once',
  holds: world =>
    entries(world, 'ActionItemRaised')
      .map(({ action }) => action)
      .join()
      .startsWith('Find out why mockupaws-production lost its writer'),
};

/** The runbook's 2.4, "database recovery". */
export const databaseFailover: Scenario = {
  name: 'database-failover',
  title: 'The database accepts no writes: a person approves the failover to a reader',
  story:
    'After a patch the writer comes back read-only, and Aurora does not fail over: RDS shows a cluster that is well. Every ' +
    'request that saves something fails. The database is asked over the endpoint of its writer, so the cause is known. A ' +
    'failover drops every connection: the on-call engineer reads who would take over, and approves by the link.',
  inject: world => {
    begin(world, 'the writer comes back from a patch read-only, and Aurora does not fail over', () =>
      world.service.database.members.lose('read-only'),
    );
    world.people.answer({ to: ON_CALL, link: 'Acknowledge', after: 1, once: true });
    world.people.answer({ to: ON_CALL, link: 'Approve', after: 2, text: 'fail over', once: true });
  },
  minutes: 60,
  done: calm,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    MEASURED,
    ASKED,
    APPROVED,
    ran('fail-over-database'),
    VERIFIED,
    ADVISED,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
