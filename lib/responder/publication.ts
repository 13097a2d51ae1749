import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../platform/dead-letters.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';

/** Events that follow one another within it are known to whoever tells of the first: one moment is one message. */
const MOMENT = Duration.seconds(5);

/** Puts every committed incident event on the incident bus, in the order of the table's stream. */
export class Publication extends IncidentFunction {
  readonly bus: EventBus;
  /** The dead-letter queue, of the stream and of all rules whose target is a FIFO queue. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { config, incidents, ownAlarms }: ResponderParts) {
    const undelivered = ownAlarms.addDeadLetterQueue(id, 'Events that did not reach the bus or a queue');
    const eventBusName = `${config.service}-incidents`;
    super(scope, id, {
      folder: 'functions/publish',
      description: 'Every committed timeline entry goes to the incident bus',
      incidents,
    });
    this.undelivered = undelivered;
    this.bus = new EventBus(this, 'Bus', { eventBusName });
    this.function.addEnvironment('INCIDENT_BUS', this.bus.eventBusName);
    this.addToRolePolicy({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] });
    const { tableStreamArn } = incidents.table as ITable;
    if (!tableStreamArn) throw new Error('the table of incidents has no stream');
    // DynamoEventSource grants ListStreams on the stream, by which IAM does not judge it.
    this.addToRolePolicy({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [tableStreamArn],
    }).addUnscopedReads('dynamodb:ListStreams');
    this.function.addEventSourceMapping('Stream', {
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: MOMENT,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 100,
      onFailure: new SqsDlq(undelivered),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { incident: { M: { id: { S: FilterRule.exists() } } } } },
        }),
      ],
    });
  }
}
