import type { Grant } from 'embedded-aws';

/** A grant as a line, e.g. `Watch/Role tag:GetResources *`. */
export const lineOf = ({ role, action, resource, condition }: Grant): string =>
  [role, action, resource, ...(condition ? [JSON.stringify(condition)] : [])].join(' ');

/** Reasons why roles may do what no scenario needs, with the lines that they hold for. */
export const UNUSED: readonly (readonly [why: string, line: RegExp])[] = [
  // AWS acts in the role of ours.
  ['Lambda writes the log of a function', / logs:(CreateLogStream|PutLogEvents) /],
  ['Step Functions writes log and traces of the workflow', /^Response\/Role (logs|xray):/],
  ['Lambda reads the stream', /^Publish\/Role dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams) /],
  ['Lambda sends what failed for good, which nothing does', / sqs:SendMessage \S*DeadLetters/],
  // CDK grants more than is called.
  ['goes with polling and sending', / sqs:(ChangeMessageVisibility|GetQueueAttributes|GetQueueUrl) /],
  ['names a document by its default version as well', /^Response\/Role ssm:StartAutomationExecution \S+:\$DEFAULT$/],

  // People do it, and do not in scenarios; other tests have it.
  ['a person starts the documents of the console', /^Console\//],
  [
    'a person asks for summaries, silences and reviews, and opens incidents',
    /^Command\/Role (cloudwatch|dynamodb|s3|ssm):/,
  ],
  ['a person presses a button in Slack', /^Slack\/Role /],
  ['a customer changes or ends a subscription', /^Subscribers\/Subscribe\/Role ses:/],
  [
    'nobody approves what asks for it',
    /^(DatabaseConnections\/RaiseMaxConnections|ServiceMemory\/(RaiseMemory|ReturnToRevision)|RedisHealth\/RestartRedis|CertificateExpiry\/(RequestReplacement|UpdateCertificate)|ServiceHealth\/MaintenanceMode)\w*\/(Document\/)?Role /,
  ],
  [
    'a step that needs an approval is not started',
    /^Response\/Role (ssm:StartAutomationExecution|iam:PassRole) .*([rR]eturn-?[tT]o-?[rR]evision)/,
  ],
  [
    'the runbook of people starts what only looks',
    /^(RedisHealth\/CheckRedis|CertificateExpiry\/VerifyCertificate)\/Role |^Response\/Role .*(check-redis|verify-certificate|CheckRedis|VerifyCertificate)/,
  ],

  // It is there for what goes wrong in the responder itself, or for what scenarios do not have.
  [
    'the workflow does not crash',
    /^Response\/Functions\/HandOver\/Role |^Response\/Role lambda:InvokeFunction \S*HandOver/,
  ],
  ['the watch pages where the bus does not, and stops runbooks that are orphaned', /^Watch\/Role (sns|kms|ssm):/],
  [
    'the watch opens incidents of alarms that nothing told of',
    /^Watch\/Role (tag:|cloudwatch:|dynamodb:UpdateItem \S+ .*ids\/)/,
  ],
  ['a command that is repeated reads its first answer', / dynamodb:GetItem .*"repeated\//],
  ['a command that changes an incident twice at one time', / dynamodb:UpdateItem .*"incident\/\*"/],
  ['there is no deployment to stop', /^RollBackFunction\/Role ecs:UpdateService /],
  ['AWS has no issue, and alarms carry their tags', /^Intake\/Role (dynamodb:\w+ .*aws-issues|cloudwatch:ListTags)/],
  ['every signal is understood', /^Intake\/Role cloudwatch:PutMetricData /],
  [
    'everybody is subscribed, and SMS is out of its sandbox',
    /^Subscriptions\/Role sns:(Subscribe|ListSMSSandboxPhoneNumbers) /,
  ],
  ['no quarter ends', /^RunbookReview\/Role /],
  ['the domain is verified, not the address', / ses:SendEmail \S*identity\/\S+@/],
  ['nothing was not delivered', /^(Subscribers\/Subscribers|Chat|Pagerduty)\/Role events:PutEvents /],
];
