import { createHash } from 'node:crypto';
import type { Properties } from './assembly.ts';

/** The one account that everything is deployed in. */
export const ACCOUNT = '123456789012';

/** Gives the values of `Ref` and of `Fn::GetAtt`, from a resource's properties, its default name, and a way to build ARNs. */
export type Identity = (
  properties: Properties,
  name: string,
  arn: (service: string, resource: string) => string,
) => { ref: string } & Record<string, string>;

/** An id of as many characters as that of a function's URL. */
const idOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 32);

export const IDENTITIES: Record<string, Identity> = {
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
  'AWS::CloudWatch::CompositeAlarm': (p, name, arn) => {
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
    const bus: string | undefined = p['EventBusName'];
    return bus
      ? { ref: `${bus}|${name}`, Arn: arn('events', `rule/${bus}/${name}`) }
      : { ref: name, Arn: arn('events', `rule/${name}`) };
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': (p, name) => {
    const rule = `${String(p['ListenerArn']).replace(':listener/', ':listener-rule/')}/${name}`;
    return { ref: rule, Arn: rule };
  },
  'AWS::IAM::Role': (_, name) => ({ ref: name, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleId: name }),
  'AWS::KMS::Key': (_, name, arn) => ({ ref: name, Arn: arn('kms', `key/${name}`), KeyId: name }),
  'AWS::Lambda::Function': (_, name, arn) => ({ ref: name, Arn: arn('lambda', `function:${name}`) }),
  'AWS::Lambda::Alias': (p, _, arn) => {
    const alias = arn('lambda', `function:${p['FunctionName']}:${p['Name']}`);
    return { ref: alias, Arn: alias };
  },
  'AWS::Lambda::Url': (_, name, arn) => ({
    ref: arn('lambda', `function:${name}`),
    FunctionArn: arn('lambda', `function:${name}`),
    FunctionUrl: `https://${idOf(name)}.lambda-url.us-east-1.on.aws/`,
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

/** Nothing refers to these types by value; their services read the properties. */
export const ANONYMOUS = new Set([
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
