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
import type { ContentKind } from '../../lambda/domain/deployed.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import type { ResponderFunction } from './responder-function.ts';

/** The attributes that lists show of an incident, as `IndexedIncident` in the store says. */
const LISTED = [
  ...['id', 'title', 'severity', 'status', 'startedAt', 'resolvedAt', 'commander'],
  ...['drill', 'cancelled', 'mergedInto', 'published'],
];

/**
 * Holds an item for each commit. All commits to the incidents of a slot (service and playbook) are one partition, in which only
 * the incident of the highest number can be open, so that there cannot be two incidents of one trouble. The first item of each
 * incident has the attributes by which it is found: the index `unfinished` holds open incidents and those under review, `byId`
 * finds one by its id, `byMonth` those opened in a month.
 */
export class IncidentsTable extends Construct {
  readonly table: TableV2;
  private readonly service: string;

  constructor(scope: Construct, id: string, { service }: Pick<ServiceConfig, 'service'>) {
    super(scope, id);
    this.service = service;
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      timeToLiveAttribute: 'expires',
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: 'unfinished',
          partitionKey: { name: 'unfinished', type: AttributeType.STRING },
          sortKey: { name: 'openedAt', type: AttributeType.STRING },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...LISTED, 'month'],
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
          nonKeyAttributes: [...LISTED, 'unfinished'],
        },
      ],
    });
  }

  /** The environment variables by which a function finds the table, and its service in it. */
  get environment(): Record<string, string> {
    return { INCIDENTS_TABLE: this.table.tableName, SERVICE: this.service };
  }

  /** Reads what is deployed of these kinds, and which of it is current. */
  grantReadDeployed(fn: ResponderFunction, kinds: readonly ContentKind[]): void {
    this.grant(fn, ['dynamodb:GetItem'], this.pointer, ...kinds.map(kind => `${kind}/*`));
  }

  /** Stores a deployment, and makes it the current one. */
  grantDeploy(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem'], this.pointer);
    this.grant(fn, ['dynamodb:PutItem'], 'policy/*', 'deployment/*', 'contacts/*');
  }

  private get pointer(): string {
    return `service/${this.service}`;
  }

  /** Reads incidents with their policies. */
  grantRead(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:Query'], 'incident/*');
    this.grant(fn, ['dynamodb:GetItem'], 'snapshot/*', 'policy/*');
  }

  /** Reads an incident and commits events to it. */
  grantCommit(fn: ResponderFunction): void {
    this.grantRead(fn);
    this.grant(fn, ['dynamodb:GetItem'], 'repeated/*');
    this.grant(fn, ['dynamodb:PutItem'], 'incident/*', 'snapshot/*', 'repeated/*');
    this.grant(fn, ['dynamodb:UpdateItem'], 'incident/*');
  }

  /** Finds the last incident of a slot, and opens the next. */
  grantOpen(fn: ResponderFunction): void {
    this.grantCommit(fn);
    this.grant(fn, ['dynamodb:UpdateItem'], 'ids/*');
  }

  /** Claims a message before it is sent. */
  grantClaim(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:PutItem'], 'claim/*');
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
    this.grantRead(fn);
  }

  /** Writes the service's ledger of automatic runs. */
  grantLedger(fn: ResponderFunction, service: string): void {
    this.grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem'], `ledger/${service}`);
  }

  /** Remembers the issues that AWS reports. */
  grantNoteAwsIssues(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem'], this.awsIssues);
  }

  /** Reads the issues that AWS reported. */
  grantReadAwsIssues(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:GetItem'], this.awsIssues);
  }

  private get awsIssues(): string {
    return `aws-issues/${this.service}`;
  }

  /** Replaces the last measurement of the service. */
  grantMeasurement(fn: ResponderFunction, service: string): void {
    this.grant(fn, ['dynamodb:UpdateItem'], `measured/${service}`);
  }

  /** Finds out if the table can be written. */
  grantCheck(fn: ResponderFunction): void {
    this.grant(fn, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], `checked/${this.service}`);
  }

  /** Claims and records the service's reviews of its runbook. */
  grantRunbookReview(fn: ResponderFunction, service: string): void {
    this.grant(fn, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], `runbook-review/${service}`);
  }

  /** Reads the service's reviews of its runbook. */
  grantReadRunbookReview(fn: ResponderFunction, service: string): void {
    this.grant(fn, ['dynamodb:GetItem'], `runbook-review/${service}`);
  }

  /** Grants actions on the items whose partition keys match, and on no other. */
  private grant(fn: ResponderFunction, actions: string[], ...partitions: string[]): void {
    fn.addToRolePolicy({
      actions,
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
    });
  }
}
