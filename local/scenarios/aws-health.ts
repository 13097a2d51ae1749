import { reportIssue } from '../world/aws-health.ts';
import { healedByFirstStep } from './database-connections.ts';
import { HEALTHY, NO_DEAD_LETTERS, RESOLVED } from './expectations.ts';
import { ofPlaybook, ran } from './of-playbook.ts';
import type { Scenario } from './scenario.ts';

const { entries, oneIncident: ONE_INCIDENT, calm } = ofPlaybook('DatabaseConnections');
const ON_CALL = 'ada@mockupaws.com';

/** While AWS has trouble of its own, what would help on any other day may do harm: a person decides. */
export const awsHealth: Scenario = {
  name: 'aws-health',
  title: 'AWS has an open issue: a step that would run by itself asks first',
  story:
    'AWS reports increased error rates of RDS in the region. Meanwhile a burst of traffic makes the connection pools of all tasks grow. ' +
    'To scale the service down would heal that, and happens by itself on other days: now it is asked for, with the reason, and the ' +
    'on-call engineer approves it by the link in the message.',
  inject: world => {
    reportIssue(world, { service: 'RDS' });
    healedByFirstStep.inject(world);
    world.people.answer({ to: ON_CALL, link: 'Approve', after: 2, text: 'RDS answers', once: true });
  },
  minutes: 60,
  done: calm,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'the diagnosis finds the issue of AWS',
      holds: world =>
        entries(world, 'DiagnosisRecorded').every(({ findings }) =>
          findings.some(({ check, ok }: Record<string, unknown>) => check === 'AWS Health' && ok === false),
        ),
    },
    {
      expectation: 'the step that would run by itself asks, and the message says why',
      holds: world =>
        entries(world, 'ApprovalRequested').length === 1 &&
        world.topics.messages.some(
          ({ subject = '', body }) => subject.includes('APPROVAL') && body.includes('AWS reports an open issue of RDS'),
        ),
    },
    {
      expectation: 'it acts only after the answer',
      holds: world => {
        const [given] = entries(world, 'ApprovalGiven');
        const acting = entries(world, 'StepStarted').filter(({ dryRun }) => !dryRun);
        return given !== undefined && acting.length > 0 && acting.every(({ seq }) => seq > given.seq);
      },
    },
    ran('scale-service', 'scale-service'),
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
