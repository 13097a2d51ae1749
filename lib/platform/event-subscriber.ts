import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import type { ChannelParts } from '../channels/notification-channel.ts';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';

export interface ListenerProps extends Omit<ResponderFunctionProps, 'deadLetters'> {
  /** What it hears of. */
  entries: readonly EventType[];
  /** What its dead letters are. */
  lost: string;
  parts: Pick<ChannelParts, 'bus' | 'incidents' | 'ownAlarms'>;
}

/**
 * What becomes of entries inside AWS: one rule, one function, one queue of dead letters. Lambda tries again twice, which is
 * enough for services that are not down for hours; what is outside has a `Channel`.
 */
export class Listener extends ResponderFunction {
  constructor(scope: Construct, id: string, { entries, lost, parts, ...props }: ListenerProps) {
    const { bus, incidents, ownAlarms } = parts;
    const deadLetters = ownAlarms.deadLetters(id, lost);
    super(scope, id, {
      ...props,
      deadLetters,
      environment: { INCIDENTS_TABLE: incidents.table.tableName, ...props.environment },
    });
    incidents.grantCommit(this);
    new Rule(this, 'Entries', {
      description: props.description,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: [...entries] },
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
  }
}
