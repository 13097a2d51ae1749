import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { ResponderFunction } from '../../platform/responder-function.ts';

/**
 * Remembers for some days what keeps anybody from getting a mail twice, or too many: digests and counts that expire, and the
 * latest update of each incident. A table of its own: whatever strangers do to the form, incidents do not feel it.
 */
export class SubscribersTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      timeToLiveAttribute: 'expires',
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Lets a function use the items whose keys begin with one of the kinds, and no other. */
  grantItems(fn: ResponderFunction, actions: string[], ...kinds: string[]): void {
    fn.addToRolePolicy({
      actions: actions.map(action => `dynamodb:${action}`),
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map(kind => `${kind}/*`) } },
    });
  }
}
