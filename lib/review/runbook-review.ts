import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { runbookReviewFields } from '../../lambda/domain/review/runbook-review.ts';
import type { Paging } from '../channels/paging/paging.ts';
import { reviewersOf } from '../config/people.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { droppedBy, undeliveredBy } from '../platform/dead-letters.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';

export interface RunbookReviewProps extends ResponderParts {
  paging: Paging;
}

/** The scheduled task that mails the reviewers on the first day of each quarter: the runbook is due for review. */
export class RunbookReview extends IncidentFunction {
  constructor(scope: Construct, id: string, { config, incidents, paging, ownAlarms, templates }: RunbookReviewProps) {
    const { service, title } = config;
    const deadLetters = ownAlarms.addDeadLetterQueue(
      'RunbookReview',
      'Nobody was told that the runbook is due for review',
    );
    super(scope, id, {
      folder: 'functions/runbook-review',
      description: 'Once a quarter: tells the reviewers that the runbook is due for review',
      deadLetters,
      incidents,
      templates: templates.for({ 'messages/runbook-review.txt': [runbookReviewFields(title, '2026-04-01T09:00:00Z')] }),
      environment: {
        NOTICES_TOPIC: paging.notices.topicArn,
        SERVICE_TITLE: title,
        REVIEWERS: readersOf(config).join(','),
      },
    });
    incidents.grantRunbookReview(this, service);
    paging.grantNotices(this);
    const rule = new Rule(this, 'EveryQuarter', {
      description: 'The first day of each quarter, 09:00 UTC',
      schedule: Schedule.cron({ minute: '0', hour: '9', day: '1', month: '1,4,7,10' }),
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
    deadLetters.addSender(droppedBy(this.function));
    deadLetters.addSender(undeliveredBy(rule));
  }
}

/** The reviewers, or operations where there are none: those of them who have an e-mail address. */
function readersOf(config: ServiceConfig): string[] {
  const byMail = (people: readonly string[]) => people.filter(name => config.people[name]?.email);
  const reviewers = byMail(reviewersOf(config));
  return reviewers.length > 0 ? reviewers : byMail(config.operations);
}
