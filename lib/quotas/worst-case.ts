/** A template as CloudFormation reads it. */
export interface TemplateJson {
  Resources?: Record<string, ResourceJson>;
  [section: string]: unknown;
}

export interface ResourceJson {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
}

/** Where the template is deployed. */
export interface Place {
  region: string;
  stackName: string;
}

interface Named {
  name: string;
  region: string;
  arn: (service: string, rest: string) => string;
}

interface Kind {
  /** The property with its name. Without one, CloudFormation makes a name of the stack's, the logical id and a suffix. */
  nameIn?: string;
  longest: number;
  /** By `Ref`, and by attribute. */
  values: Record<string, (named: Named) => string>;
}

const any = (length: number) => 'x'.repeat(length);
const ACCOUNT = any(12);
const PARTITION = 'aws-us-gov';
const SUFFIX = 'amazonaws.com.cn';
const byName = ({ name }: Named) => name;

/** A value that nothing here knows, as long as the longest ARN that services accept. */
const UNKNOWN = any(2048);

/** The longest values of the references that the stack makes. */
const KINDS: Record<string, Kind> = {
  'AWS::CloudFront::Distribution': {
    longest: 14,
    values: { Ref: () => any(14), DomainName: () => `${any(14)}.cloudfront.net` },
  },
  'AWS::CloudFront::OriginAccessControl': { longest: 14, values: { Ref: () => any(14), Id: () => any(14) } },
  'AWS::CloudFront::ResponseHeadersPolicy': { longest: 36, values: { Ref: () => any(36) } },
  'AWS::CloudWatch::Alarm': {
    ...{ nameIn: 'AlarmName', longest: 255 },
    values: { Ref: byName, Arn: ({ arn, name }) => arn('cloudwatch', `alarm:${name}`) },
  },
  'AWS::DynamoDB::GlobalTable': {
    ...{ nameIn: 'TableName', longest: 255 },
    values: {
      Ref: byName,
      Arn: ({ arn, name }) => arn('dynamodb', `table/${name}`),
      StreamArn: ({ arn, name }) => arn('dynamodb', `table/${name}/stream/2026-01-31T00:00:00.000`),
    },
  },
  'AWS::EC2::SecurityGroup': { longest: 20, values: { Ref: () => any(20), GroupId: () => any(20) } },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    longest: 255,
    values: {
      Ref: ({ arn }) => arn('elasticloadbalancing', `listener-rule/app/${any(32)}/${any(16)}/${any(16)}/${any(16)}`),
    },
  },
  'AWS::Events::EventBus': {
    ...{ nameIn: 'Name', longest: 256 },
    values: { Ref: byName, Arn: ({ arn, name }) => arn('events', `event-bus/${name}`) },
  },
  'AWS::Events::Rule': {
    ...{ nameIn: 'Name', longest: 64 },
    // The name of the bus stands before that of the rule.
    values: { Ref: byName, Arn: ({ arn, name }) => arn('events', `rule/${any(64)}/${name}`) },
  },
  'AWS::IAM::Role': {
    ...{ nameIn: 'RoleName', longest: 64 },
    values: { Ref: byName, Arn: ({ name }) => `arn:${PARTITION}:iam::${ACCOUNT}:role/${name}` },
  },
  'AWS::KMS::Key': {
    longest: 40,
    values: { Ref: () => any(40), Arn: ({ arn }) => arn('kms', `key/${any(40)}`) },
  },
  'AWS::Lambda::Alias': {
    ...{ nameIn: 'Name', longest: 128 },
    values: { Ref: ({ arn, name }) => arn('lambda', `function:${any(64)}:${name}`) },
  },
  'AWS::Lambda::Function': {
    ...{ nameIn: 'FunctionName', longest: 64 },
    values: { Ref: byName, Arn: ({ arn, name }) => arn('lambda', `function:${name}`) },
  },
  'AWS::Lambda::Url': {
    longest: 64,
    values: { FunctionUrl: ({ region }) => `https://${any(32)}.lambda-url.${region}.on.aws/` },
  },
  'AWS::Logs::LogGroup': {
    ...{ nameIn: 'LogGroupName', longest: 512 },
    values: { Ref: byName, Arn: ({ arn, name }) => arn('logs', `log-group:${name}:*`) },
  },
  'AWS::S3::Bucket': {
    ...{ nameIn: 'BucketName', longest: 63 },
    values: {
      Ref: byName,
      Arn: ({ name }) => `arn:${PARTITION}:s3:::${name}`,
      RegionalDomainName: ({ name, region }) => `${name}.s3.${region}.${SUFFIX}`,
    },
  },
  'AWS::SNS::Topic': { nameIn: 'TopicName', longest: 256, values: { Ref: ({ arn, name }) => arn('sns', name) } },
  'AWS::SQS::Queue': {
    ...{ nameIn: 'QueueName', longest: 80 },
    values: {
      Ref: ({ name, region }) => `https://sqs.${region}.${SUFFIX}/${ACCOUNT}/${name}`,
      Arn: ({ arn, name }) => arn('sqs', name),
      QueueName: byName,
    },
  },
  'AWS::SSM::Parameter': { nameIn: 'Name', longest: 1011, values: { Ref: byName } },
  'AWS::StepFunctions::StateMachine': {
    ...{ nameIn: 'StateMachineName', longest: 80 },
    values: { Ref: ({ arn, name }) => arn('states', `stateMachine:${name}`) },
  },
};

/** The suffix of a name that CloudFormation makes. */
const RANDOM = any(13);

/**
 * The template with every reference replaced by the longest value that a deployment may give it, and each role with the policies
 * that are attached to it.
 */
export function atWorst(template: TemplateJson, { region, stackName }: Place): TemplateJson {
  const resources = template.Resources ?? {};
  const pseudo: Record<string, string | undefined> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': PARTITION,
    'AWS::Region': region,
    'AWS::URLSuffix': SUFFIX,
    'AWS::StackName': stackName,
    'AWS::NoValue': undefined,
  };
  const arn = (service: string, rest: string) => `arn:${PARTITION}:${service}:${region}:${ACCOUNT}:${rest}`;

  const nameOf = (id: string, { nameIn, longest }: Kind): string => {
    const given = nameIn && resources[id]?.Properties?.[nameIn];
    return given ? String(resolve(given)) : `${stackName}-${id}-${RANDOM}`.slice(0, longest);
  };
  const referred = (id: string, attribute: string): string | undefined => {
    if (id in pseudo) return pseudo[id];
    const kind = KINDS[resources[id]?.Type ?? ''];
    return kind?.values[attribute]?.({ name: nameOf(id, kind), region, arn }) ?? UNKNOWN;
  };

  const functions: Record<string, (given: never) => unknown> = {
    Ref: (id: string) => referred(id, 'Ref'),
    'Fn::GetAtt': ([id, attribute]: [string, string]) => referred(id, attribute),
    'Fn::Join': ([separator, parts]: [string, unknown[]]) => resolve(parts).join(separator),
    'Fn::Split': ([separator, whole]: [string, unknown]) => String(resolve(whole)).split(separator),
    'Fn::Select': ([index, list]: [number, unknown]) => (resolve(list) as unknown[])[index] ?? UNKNOWN,
    'Fn::Sub': (given: string | [string]) =>
      [given]
        .flat()[0]
        ?.replace(/\$\{([^!}.]+)\.?([^}]*)\}/g, (_, id, attribute) => referred(id, attribute || 'Ref') ?? ''),
    // Keys to what another region or the template itself names: none is longer than an id.
    'Fn::FindInMap': () => any(36),
  };

  function resolve<T>(value: T): T {
    if (Array.isArray(value)) return value.map(resolve).filter(part => part !== undefined) as T;
    if (typeof value !== 'object' || value === null) return value;
    const [[key = '', given] = [], ...others] = Object.entries(value);
    const fn = others.length === 0 ? functions[key] : undefined;
    if (fn) return fn(given as never) as T;
    if (others.length === 0 && key.startsWith('Fn::')) return UNKNOWN as T;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolve(part)])) as T;
  }

  const { Conditions: _, Rules: __, ...sections } = template;
  return withAttachedPolicies(resources, resolve(sections));
}

/** The quota of a role's inline policies is of all together, wherever they stand in the template. */
function withAttachedPolicies(given: Record<string, ResourceJson>, template: TemplateJson): TemplateJson {
  const resources = template.Resources ?? {};
  const attached = Object.entries(given)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .flatMap(([id, { Properties }]) =>
      ((Properties?.['Roles'] ?? []) as { Ref?: string }[]).map(role => ({ role: role.Ref, policy: resources[id] })),
    );
  const policiesOf = (id: string, { Properties }: ResourceJson) => [
    ...((Properties?.['Policies'] ?? []) as object[]),
    ...attached.filter(({ role }) => role === id).map(({ policy }) => policy?.Properties?.['PolicyDocument']),
  ];
  return {
    ...template,
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, resource]) => [
        id,
        resource.Type === 'AWS::IAM::Role'
          ? { ...resource, Properties: { ...resource.Properties, Policies: policiesOf(id, resource) } }
          : resource,
      ]),
    ),
  };
}
