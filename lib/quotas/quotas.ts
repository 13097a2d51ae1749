import { DEPLOYMENT_RESOURCE } from '../../lambda/domain/deployed.ts';
import { RESERVED_FOR_DOCUMENTS } from '../config/most.ts';

/**
 * What AWS allows of that which the stack has, each with the document that says so. To hold the stack to a further quota, add a line:
 * `test/lib/quotas/quotas.test.ts` breaks each of them once. Sizes that only a running responder can reach (of items, states, events
 * and messages) are counted by the embedded account.
 */

export type Unit = 'characters' | 'bytes' | 'entries';

/** A bound of one property of each resource of a type. */
export interface SizeQuota {
  /** As an error says it: `the environment of a function`. */
  what: string;
  type: string;
  /**
   * Where it stands in the properties: `Environment.Variables`. `*` is each entry of a list, `{json}` what a text says in JSON, `{text}`
   * a text as JSON has it.
   */
  at: string;
  most: number;
  /** A list or an object is measured as JSON without white space, unless its entries are counted. */
  unit: Unit;
  source: string;
}

/** A bound of how many resources of a type a template may have. */
export interface CountQuota {
  what: string;
  /** Absent, all resources count. */
  type?: string;
  /** Only those that have this property, counted apart for each of its values, e.g. the bus of a rule. */
  by?: string;
  most: number;
  source: string;
}

/** What the name of a resource may be. */
export interface NameQuota {
  what: string;
  type: string;
  at: string;
  most: number;
  /** What it consists of, in a regular expression. */
  of: RegExp;
  /** Beginnings that AWS keeps for itself, in any case of letters. */
  reserved: readonly string[];
  source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const CLOUDFORMATION = `${DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html`;
const CLOUDFRONT = `${DOCS}/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html`;
const CLOUDWATCH = `${DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html`;
const DASHBOARD = `${DOCS}/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html`;
const DYNAMODB = `${DOCS}/amazondynamodb/latest/developerguide/Constraints.html`;
const EVENTBRIDGE = `${DOCS}/eventbridge/latest/userguide/eb-quota.html`;
const IAM = `${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const KMS = `${DOCS}/kms/latest/developerguide/resource-limits.html`;
const LAMBDA = `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`;
const S3 = `${DOCS}/AmazonS3/latest/userguide/bucket-policies.html`;
const SNS = `${DOCS}/general/latest/gr/sns.html`;
const SNS_POLICY = `${DOCS}/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html`;
const SQS_POLICY = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html`;
const SSM = `${DOCS}/general/latest/gr/ssm.html`;
const STEP_FUNCTIONS = `${DOCS}/step-functions/latest/dg/service-quotas.html`;
const api = (service: string, call: string) => `${DOCS}/${service}/latest/APIReference/API_${call}.html`;
const resource = (page: string) => `${DOCS}/AWSCloudFormation/latest/TemplateReference/aws-${page}.html`;

const ALARM = api('AmazonCloudWatch', 'PutMetricAlarm');
const CONTACT_LIST = resource('resource-ses-contactlist');
const CONTACT_TOPIC = resource('properties-ses-contactlist-topic');
const DOCUMENT = api('systems-manager', 'CreateDocument');
const PARAMETER = api('systems-manager', 'PutParameter');
const TOPIC = resource('resource-sns-topic');

const KIB = 1024;

type Lines<Rest extends unknown[]> = Record<string, [what: string, at: string, most: number, ...Rest][]>;

const sizes = (lines: Lines<[Unit, string]>): SizeQuota[] =>
  Object.entries(lines).flatMap(([type, quotas]) =>
    quotas.map(([what, at, most, unit, source]) => ({ what, type, at, most, unit, source })),
  );

const names = (lines: Lines<[RegExp, string, ...string[]]>): NameQuota[] =>
  Object.entries(lines).flatMap(([type, quotas]) =>
    quotas.map(([what, at, most, of, source, ...reserved]) => ({ what, type, at, most, of, source, reserved })),
  );

/** In place of a type: of the template itself, whose properties are its sections and its `file`. */
export const TEMPLATE = 'the template';

export const SIZES: readonly SizeQuota[] = sizes({
  [TEMPLATE]: [
    // AWS says 1 MB; which of both it means is not said.
    ['the template', 'file', 1_000_000, 'bytes', CLOUDFORMATION],
    ['the description of a stack', 'Description', 1024, 'bytes', CLOUDFORMATION],
    ['the outputs of a stack', 'Outputs', 200, 'entries', CLOUDFORMATION],
    ['the description of an output', 'Outputs.*.Description', 1024, 'bytes', CLOUDFORMATION],
    ['the parameters of a stack', 'Parameters', 200, 'entries', CLOUDFORMATION],
    ['the mappings of a template', 'Mappings', 200, 'entries', CLOUDFORMATION],
  ],
  'AWS::CloudFront::Distribution': [
    ['the host names of a distribution', 'DistributionConfig.Aliases', 100, 'entries', CLOUDFRONT],
    ['the comment of a distribution', 'DistributionConfig.Comment', 128, 'characters', CLOUDFRONT],
  ],
  'AWS::CloudFront::ResponseHeadersPolicy': [
    ['a header', 'ResponseHeadersPolicyConfig.CustomHeadersConfig.Items.*.Value', 1783, 'characters', CLOUDFRONT],
  ],
  'AWS::CloudWatch::Alarm': [
    ['the description of an alarm', 'AlarmDescription', 1024, 'characters', ALARM],
    ['the actions of an alarm', 'AlarmActions', 5, 'entries', ALARM],
    ['the tags of an alarm', 'Tags', 50, 'entries', ALARM],
    ['a tag of an alarm', 'Tags.*.Value', 256, 'characters', api('AmazonCloudWatch', 'Tag')],
    ['a dimension of an alarm', 'Dimensions.*.Value', 1024, 'characters', api('AmazonCloudWatch', 'Dimension')],
  ],
  'AWS::CloudWatch::Dashboard': [
    ['the widgets of a dashboard', 'DashboardBody.{json}.widgets', 500, 'entries', DASHBOARD],
    ['the alarms of a widget', 'DashboardBody.{json}.widgets.*.properties.alarms', 100, 'entries', DASHBOARD],
  ],
  'AWS::DynamoDB::GlobalTable': [['the indexes of a table', 'GlobalSecondaryIndexes', 20, 'entries', DYNAMODB]],
  'AWS::EC2::SecurityGroup': [
    [
      'the description of a security group',
      'GroupDescription',
      255,
      'characters',
      resource('resource-ec2-securitygroup'),
    ],
  ],
  'AWS::ElasticLoadBalancingV2::ListenerRule': [
    [
      ...(['the maintenance page', 'Actions.*.FixedResponseConfig.MessageBody', 1024, 'characters'] as const),
      `${DOCS}/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html`,
    ],
  ],
  'AWS::Events::Rule': [
    ['the pattern of a rule', 'EventPattern', 2048, 'characters', EVENTBRIDGE],
    ['the targets of a rule', 'Targets', 5, 'entries', EVENTBRIDGE],
    ['the input of a target', 'Targets.*.Input', 8192, 'characters', api('eventbridge', 'Target')],
    ['the description of a rule', 'Description', 512, 'characters', api('eventbridge', 'PutRule')],
  ],
  'AWS::IAM::ManagedPolicy': [['a managed policy', 'PolicyDocument', 6144, 'characters', IAM]],
  'AWS::IAM::Role': [
    ['the trust policy of a role', 'AssumeRolePolicyDocument', 2048, 'characters', IAM],
    ['the inline policies of a role', 'Policies', 10_240, 'characters', IAM],
    ['the managed policies of a role', 'ManagedPolicyArns', 10, 'entries', IAM],
    ['the description of a role', 'Description', 1000, 'characters', api('IAM', 'CreateRole')],
  ],
  'AWS::KMS::Key': [
    ['the policy of a key', 'KeyPolicy', 32 * KIB, 'bytes', KMS],
    ['the description of a key', 'Description', 8192, 'characters', api('kms', 'CreateKey')],
  ],
  'AWS::Lambda::Function': [
    ['the environment of a function', 'Environment.Variables', 4 * KIB, 'bytes', LAMBDA],
    [
      'the description of a function',
      'Description',
      256,
      'characters',
      `${DOCS}/lambda/latest/api/API_CreateFunction.html`,
    ],
  ],
  'AWS::S3::BucketPolicy': [['the policy of a bucket', 'PolicyDocument', 20 * KIB, 'bytes', S3]],
  'AWS::SES::ContactList': [
    ['the description of a contact list', 'Description', 500, 'characters', CONTACT_LIST],
    ['the topics of a contact list', 'Topics', 20, 'entries', CONTACT_LIST],
    ['the name of a topic that customers see', 'Topics.*.DisplayName', 128, 'characters', CONTACT_TOPIC],
    ['the description of a topic', 'Topics.*.Description', 500, 'characters', CONTACT_TOPIC],
  ],
  'AWS::SNS::Topic': [['the display name of a topic', 'DisplayName', 100, 'characters', TOPIC]],
  'AWS::SNS::TopicPolicy': [
    ['the policy of a topic', 'PolicyDocument', 30 * KIB, 'bytes', SNS_POLICY],
    ['the statements of a topic', 'PolicyDocument.Statement', 100, 'entries', SNS_POLICY],
  ],
  'AWS::SQS::QueuePolicy': [
    ['the policy of a queue', 'PolicyDocument', 8192, 'bytes', SQS_POLICY],
    ['the statements of a queue', 'PolicyDocument.Statement', 20, 'entries', SQS_POLICY],
    ['the actions of a statement of a queue', 'PolicyDocument.Statement.*.Action', 7, 'entries', SQS_POLICY],
  ],
  'AWS::SSM::Document': [['a runbook', 'Content', 64 * KIB, 'bytes', DOCUMENT]],
  'AWS::SSM::Parameter': [
    ['a parameter', 'Value', 4 * KIB, 'bytes', PARAMETER],
    ['the description of a parameter', 'Description', 1024, 'characters', PARAMETER],
  ],
  [DEPLOYMENT_RESOURCE]: [
    // Both are in the event of an update, the old and the new: half of 256 KB, less what else it says.
    ['the configuration that a deployment carries', 'Document.{text}', 120 * KIB, 'bytes', LAMBDA],
  ],
  'AWS::StepFunctions::StateMachine': [['a workflow', 'DefinitionString', 1_000_000, 'bytes', STEP_FUNCTIONS]],
});

export const COUNTS: readonly CountQuota[] = [
  { what: 'the resources of a stack', most: 500, source: CLOUDFORMATION },
  // Of an account: its stacks share them. 300 rules in most regions.
  { what: 'the rules of a bus', type: 'AWS::Events::Rule', by: 'EventBusName', most: 100, source: EVENTBRIDGE },
  { what: 'the roles of an account', type: 'AWS::IAM::Role', most: 1000, source: IAM },
  { what: 'the runbooks of an account', type: 'AWS::SSM::Document', most: 500, source: SSM },
  { what: 'the alarms of a region', type: 'AWS::CloudWatch::Alarm', most: 5000, source: CLOUDWATCH },
  { what: 'the filters of a topic', type: 'AWS::SNS::Subscription', by: 'TopicArn', most: 200, source: SNS },
];

const PRINTABLE = /^[^\p{Cc}]*$/u;

export const NAMES: readonly NameQuota[] = names({
  'AWS::CloudFront::OriginAccessControl': [
    [
      ...(['the name of an origin access control', 'OriginAccessControlConfig.Name', 64, PRINTABLE] as const),
      resource('properties-cloudfront-originaccesscontrol-originaccesscontrolconfig'),
    ],
  ],
  'AWS::CloudWatch::Alarm': [['the name of an alarm', 'AlarmName', 255, PRINTABLE, ALARM]],
  'AWS::CloudWatch::Dashboard': [
    ['the name of a dashboard', 'DashboardName', 255, /^[\w-]*$/, api('AmazonCloudWatch', 'PutDashboard')],
  ],
  'AWS::Events::EventBus': [
    ['the name of a bus', 'Name', 256, /^[\w./-]*$/, api('eventbridge', 'CreateEventBus'), 'aws.'],
  ],
  'AWS::IAM::Policy': [['the name of a policy', 'PolicyName', 128, /^[\w+=,.@-]*$/, IAM]],
  'AWS::SES::ConfigurationSet': [
    ['the name of a configuration set', 'Name', 64, /^[\w-]*$/, resource('resource-ses-configurationset')],
  ],
  'AWS::SES::ContactList': [
    ['the name of a contact list', 'ContactListName', 64, /^[\w-]*$/, CONTACT_LIST],
    ['the name of a topic of a contact list', 'Topics.*.TopicName', 64, /^[\w-]*$/, CONTACT_TOPIC],
  ],
  'AWS::SSM::Document': [['the name of a runbook', 'Name', 128, /^[\w.-]*$/, DOCUMENT, ...RESERVED_FOR_DOCUMENTS]],
  'AWS::SSM::Parameter': [
    ['the name of a parameter', 'Name', 1011, /^[\w./-]*$/, PARAMETER, 'aws', 'ssm', '/aws', '/ssm'],
  ],
});
