import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unsupported } from '../unsupported.ts';

export interface Resource {
  Type: string;
  Properties: Properties;
  Metadata?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties have as many shapes as AWS has resources
export type Properties = Record<string, any>;

/** What `cdk synth` wrote: the template, and where its assets lie. */
export interface Assembly {
  directory: string;
  region: string;
  template: {
    Resources: Record<string, Resource>;
    Metadata?: Record<string, unknown>;
    Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  };
}

export const ACCOUNT = '123456789012';

interface Manifest {
  artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile: string } }>;
}

/**
 * Reads a synthesised app: the stack that protects a service, and with it what the app has in another region, which is known
 * by its names. @throws when no stack protects a service, or more than one does.
 */
export function readAssembly(directory: string): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const stacks = Object.values((read('manifest.json') as Manifest).artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .map(({ environment, properties }) => ({ environment, template: read(properties?.templateFile ?? '') }));
  const [stack, ...more] = stacks.filter(({ template }) => template.Metadata?.['incident-response']);
  if (!stack || more.length > 0)
    throw new Error(`${directory}: expected one stack that protects a service, found ${stack ? more.length + 1 : 0}`);
  const region = stack.environment?.split('/').at(-1) ?? 'us-east-1';
  const Resources = Object.assign({}, ...stacks.map(({ template }) => template.Resources));
  return { directory, region, template: { ...stack.template, Resources } };
}

/** The values of `Ref` and of `Fn::GetAtt`, by resource type: given its properties, a default name, and how ARNs begin. */
type Identity = (
  properties: Properties,
  name: string,
  arn: (service: string, resource: string) => string,
) => { ref: string } & Record<string, string>;

const IDENTITIES: Record<string, Identity> = {
  'AWS::CloudFront::Distribution': (_, name) => {
    const id = `E${name.slice(-8)}`;
    return {
      ref: id,
      Id: id,
      Arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${id}`,
      DomainName: `${id.toLowerCase()}.cloudfront.net`,
    };
  },
  'AWS::CloudFront::OriginAccessControl': (_, name) => ({ ref: name, Id: name }),
  'AWS::CloudFront::ResponseHeadersPolicy': (_, name) => ({ ref: name, Id: name }),
  'AWS::CloudWatch::Alarm': (p, name, arn) => {
    const alarm = p['AlarmName'] ?? name;
    return { ref: alarm, Arn: arn('cloudwatch', `alarm:${alarm}`) };
  },
  'AWS::CloudWatch::Dashboard': p => ({ ref: p['DashboardName'] }),
  'AWS::DynamoDB::GlobalTable': (_, name, arn) => ({
    ref: name,
    Arn: arn('dynamodb', `table/${name}`),
    StreamArn: arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
  }),
  'AWS::Events::EventBus': (p, _, arn) => ({
    ref: p['Name'],
    Name: p['Name'],
    Arn: arn('events', `event-bus/${p['Name']}`),
  }),
  'AWS::Events::Rule': (p, name, arn) => {
    const bus = p['EventBusName'] ? `${p['EventBusName']}/` : '';
    return { ref: name, Arn: arn('events', `rule/${bus}${name}`) };
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': (p, name) => {
    const rule = `${String(p['ListenerArn']).replace(':listener/', ':listener-rule/')}/${name}`;
    return { ref: rule, Arn: rule };
  },
  'AWS::IAM::Role': (_, name) => ({ ref: name, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleId: name }),
  'AWS::KMS::Key': (_, name, arn) => ({ ref: name, Arn: arn('kms', `key/${name}`), KeyId: name }),
  'AWS::Lambda::Function': (_, name, arn) => ({ ref: name, Arn: arn('lambda', `function:${name}`) }),
  'AWS::Lambda::Url': (_, name, arn) => ({
    ref: arn('lambda', `function:${name}`),
    FunctionArn: arn('lambda', `function:${name}`),
    FunctionUrl: `https://${name.toLowerCase()}.lambda-url.us-east-1.on.aws/`,
  }),
  'AWS::Logs::LogGroup': (_, name, arn) => ({ ref: name, Arn: arn('logs', `log-group:${name}:*`) }),
  'AWS::S3::Bucket': (p, name) => {
    const bucket = p['BucketName'] ?? name.toLowerCase();
    return { ref: bucket, Arn: `arn:aws:s3:::${bucket}`, RegionalDomainName: `${bucket}.s3.us-east-1.amazonaws.com` };
  },
  'AWS::SNS::Topic': (_, name, arn) => ({ ref: arn('sns', name), TopicArn: arn('sns', name), TopicName: name }),
  'AWS::SQS::Queue': (_, name, arn) => ({
    ref: `https://sqs/${ACCOUNT}/${name}`,
    Arn: arn('sqs', name),
    QueueName: name,
  }),
  'AWS::SSM::Document': p => ({ ref: p['Name'] }),
  'AWS::SSM::Parameter': p => ({ ref: p['Name'], Type: p['Type'], Value: p['Value'] }),
  'AWS::StepFunctions::StateMachine': (_, name, arn) => ({
    ref: arn('states', `stateMachine:${name}`),
    Arn: arn('states', `stateMachine:${name}`),
    Name: name,
  }),
};

/** Types that nothing refers to by value; what they do is read from their properties. */
const ANONYMOUS = new Set([
  'AWS::CDK::Metadata',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Permission',
  'AWS::Route53::RecordSet',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::ContactList',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** A resource of the template as it would be deployed: every reference replaced by its value. */
export interface Deployed {
  logicalId: string;
  type: string;
  /** What `Ref` gives: name, ARN or URL, as the type has it. */
  ref: string;
  arn: string;
  /** The construct's path without the stack's and the resource's own: "Intake/Function". */
  path: string;
  /** What `Fn::GetAtt` gives, by name. */
  attributes: Record<string, string>;
  properties: Properties;
}

/** Resolves every resource. @throws Unsupported for a type or an intrinsic function that the embedded account does not know. */
export function resolveTemplate({ template, region }: Assembly): Deployed[] {
  const identities = new Map<string, Record<string, string>>();
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
  const pseudo: Record<string, string> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': 'rehearsal',
  };

  const identify = (logicalId: string): Record<string, string> => {
    const known = identities.get(logicalId);
    if (known) return known;
    const resource = template.Resources[logicalId];
    if (!resource) throw new Unsupported(logicalId, 'a reference to a resource that the template does not have');
    const identity = IDENTITIES[resource.Type];
    if (!identity) throw new Unsupported(`${resource.Type} ${logicalId}`, 'a reference to its value');
    const named = {
      ...resource.Properties,
      Name: resolve(resource.Properties?.['Name']),
      BucketName: resolve(resource.Properties?.['BucketName']),
      EventBusName: resolve(resource.Properties?.['EventBusName']),
    };
    const values = identity(named, logicalId, arn);
    identities.set(logicalId, values);
    return values;
  };

  const attribute = (logicalId: string, name: string): string => {
    const value = identify(logicalId)[name];
    if (value === undefined)
      throw new Unsupported(`${template.Resources[logicalId]?.Type} ${logicalId}`, `its attribute ${name}`);
    return value;
  };

  const reference = (name: string): string => pseudo[name] ?? attribute(name, 'ref');

  // biome-ignore lint/suspicious/noExplicitAny: any JSON goes in, the same shape comes out
  const resolve = (value: unknown): any => {
    if (Array.isArray(value)) return value.map(resolve).filter(item => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return intrinsic(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item)]));
  };

  const intrinsic = (name: string, argument: unknown): unknown => {
    switch (name) {
      case 'Ref':
        return reference(argument as string);
      case 'Fn::GetAtt': {
        const [logicalId = '', attributeName = ''] = argument as string[];
        return attribute(logicalId, attributeName);
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return (resolve(parts) as string[]).join(separator);
      }
      case 'Fn::Sub':
        if (typeof argument !== 'string') throw new Unsupported('Fn::Sub', 'its form with a map');
        return argument.replace(/\$\{([^}!]+)\}/g, (_, variable: string) => {
          const [id = '', attributeName] = variable.split('.');
          return attributeName ? attribute(id, attributeName) : reference(id);
        });
      case 'Fn::FindInMap': {
        const [map = '', first = '', second = ''] = resolve(argument) as string[];
        return template.Mappings?.[map]?.[first]?.[second];
      }
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        return (resolve(list) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return (resolve(text) as string).split(separator);
      }
      default:
        throw new Unsupported('the template', `the function ${name}`);
    }
  };

  return Object.entries(template.Resources).map(
    ([logicalId, { Type: type, Properties: properties = {}, Metadata }]) => {
      if (!IDENTITIES[type] && !ANONYMOUS.has(type))
        throw new Unsupported(`${type} ${logicalId}`, 'this type of resource');
      const identity: Record<string, string> = ANONYMOUS.has(type) ? {} : identify(logicalId);
      const path = (Metadata?.['aws:cdk:path'] ?? logicalId).split('/').slice(2, -1).join('/');
      return {
        logicalId,
        type,
        ref: identity['ref'] ?? logicalId,
        arn: identity['Arn'] ?? identity['ref'] ?? logicalId,
        path,
        attributes: identity,
        properties: resolve(properties),
      };
    },
  );
}
