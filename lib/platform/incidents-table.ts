import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { ResponderFunction } from './responder-function.ts';

/**
 * Holds one item an incident, state and timeline together. A slot (service and playbook) is a partition whose highest number
 * alone can be open, so that there cannot be two incidents of one trouble. The index `unfinished` holds open incidents and those
 * under review, `byId` finds one by its id, `byMonth` finds those opened in a month, and which of them were published.
 */
export class IncidentsTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: 'unfinished',
          partitionKey: { name: 'unfinished', type: AttributeType.STRING },
          sortKey: { name: 'openedAt', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          indexName: 'byId',
          partitionKey: { name: 'id', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          indexName: 'byMonth',
          partitionKey: { name: 'month', type: AttributeType.STRING },
          sortKey: { name: 'openedAt', type: AttributeType.STRING },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: ['published'],
        },
      ],
    });
  }

  /** Reads an incident and appends to its timeline. */
  grantCommit(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [this.table.tableArn] });
  }

  /** Finds the last incident of a slot, and opens the next. */
  grantOpen(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['dynamodb:Query', 'dynamodb:UpdateItem'], resources: [this.table.tableArn] });
  }

  /** Finds an incident by its id. */
  grantFind(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['dynamodb:Query'], resources: [`${this.table.tableArn}/index/byId`] });
  }

  /** Lists the open incidents, and those under review. */
  grantList(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['dynamodb:Query'], resources: [`${this.table.tableArn}/index/unfinished`] });
  }

  /** Lists the incidents of a month, and reads each. */
  grantHistory(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['dynamodb:Query'], resources: [`${this.table.tableArn}/index/byMonth`] });
    fn.addToRolePolicy({ actions: ['dynamodb:GetItem'], resources: [this.table.tableArn] });
  }

  /** Writes the service's ledger of automatic runs, and no other item. */
  grantLedger(fn: ResponderFunction, service: string): void {
    fn.addToRolePolicy({
      actions: ['dynamodb:PutItem'],
      resources: [this.table.tableArn],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`ledger/${service}`] },
      },
    });
  }

  /** Claims and records the service's reviews of its runbook, and touches no other item. */
  grantRunbookReview(fn: ResponderFunction, service: string): void {
    fn.addToRolePolicy({
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [this.table.tableArn],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`runbook-review/${service}`] },
      },
    });
  }
}
