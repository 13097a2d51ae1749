import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { ResponderFunction } from '../../platform/responder-function.ts';

/**
 * What must be remembered for some days so that nobody gets a mail twice, or too many: digests and counts that expire, and the
 * latest that customers were told of each incident. A table of its own: whatever strangers do to the form, incidents do not feel it.
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

  /** Of the items whose keys begin so, and of no other. */
  allow(fn: ResponderFunction, actions: string[], ...kinds: string[]): void {
    fn.allow(
      actions.map(action => `dynamodb:${action}`),
      [this.table.tableArn],
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map(kind => `${kind}/*`) } },
    );
  }
}
