import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Resource, World } from '../../src/index.ts';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const ARN = 'us-east-1:123456789012';
const FUNCTION = `arn:aws:lambda:${ARN}:function:Say`;
const ROLE = { 'Fn::GetAtt': ['Role', 'Arn'] };

/** Says as many letters as it is told, and leaves them in a log. */
const CODE = 'exports.handler = async ({ letters = 0 }) => { console.log("called"); return "x".repeat(letters); };';

const DEFINITION = {
  StartAt: 'Say',
  States: {
    Say: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: FUNCTION, 'Payload.$': '$' },
      ResultSelector: { Status: 'said' },
      End: true,
    },
  },
};

const DOCUMENT = {
  schemaVersion: '0.3',
  parameters: { Text: { type: 'StringList', default: [] } },
  mainSteps: [{ name: 'Wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }],
};

const Queue = (more = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { FifoQueue: true, ContentBasedDeduplication: true, ...more },
});

export const RESOURCES: Record<string, Resource> = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }],
    },
  },
  Say: {
    Type: 'AWS::Lambda::Function',
    Metadata: { 'aws:asset:path': '.' },
    Properties: { Handler: 'index.handler', Runtime: 'nodejs22.x', Role: ROLE },
  },
  Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: FUNCTION } },
  Items: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  Unheard: { Type: 'AWS::SNS::Topic', Properties: {} },
  Phone: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sms', Endpoint: '+15550100' },
  },
  Orders: Queue(),
  Short: Queue({ MaximumMessageSize: 1024 }),
  Standard: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/standard', Value: '-' } },
  Advanced: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/advanced', Value: '-', Tier: 'Advanced' } },
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: { KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_256', KeyPolicy: { Statement: [] } },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { RoleArn: ROLE, DefinitionString: JSON.stringify(DEFINITION) },
  },
  Nothing: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: ROLE,
      DefinitionString: JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } }),
    },
  },
  Document: { Type: 'AWS::SSM::Document', Properties: { Name: 'Runbook', Content: DOCUMENT } },
  Mails: { Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'mails' } },
};

/** A world with one resource of each kind whose sizes are limited. */
export async function deployed(resources = RESOURCES): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'sizes-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'index.js'), CODE);
  const sms = { sandbox: false, originationNumbers: ['+15550199'], spendLimit: 100 };
  return World.deploy({ name: 'Shop', directory, region: 'us-east-1', template: { Resources: resources } }, { sms });
}
