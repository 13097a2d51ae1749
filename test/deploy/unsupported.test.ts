import { describe, expect, it } from 'vitest';
import { removeUnsupported } from './unsupported.ts';

const document = { Type: 'AWS::SSM::Document', Properties: { Name: 'restart-service', Content: {} } };
const topic = { Type: 'AWS::SNS::Topic', Properties: {} };
const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } };
const mathAlarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [] } };

describe('removeUnsupported', () => {
  it('takes out the listed types, and of the alarms only those with metric math', () => {
    const { template, leftOut } = removeUnsupported({ Resources: { document, topic, alarm, mathAlarm } });
    expect(Object.keys(template.Resources)).toEqual(['topic', 'alarm']);
    expect(leftOut.map(left => left.id)).toEqual(['document', 'mathAlarm']);
  });

  it('leaves no reference to what it took out', () => {
    const consumer = {
      Type: 'AWS::IAM::Policy',
      DependsOn: ['document', 'topic'],
      Properties: {
        ref: { Ref: 'document' },
        kept: { Ref: 'topic' },
        getAtt: { 'Fn::GetAtt': ['mathAlarm', 'Arn'] },
        short: { 'Fn::GetAtt': 'mathAlarm.Arn' },
        sub: { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:document/${document} ${topic.Arn} ${!document}' },
        subWithVariables: { 'Fn::Sub': ['${document} ${name}', { name: { Ref: 'document' } }] },
      },
    };
    const { template } = removeUnsupported({
      Resources: { document, topic, mathAlarm, consumer },
      Outputs: { Document: { Value: { Ref: 'document' } } },
    });
    expect(template['Outputs']).toEqual({ Document: { Value: 'restart-service' } });
    expect(template.Resources['consumer']).toEqual({
      Type: 'AWS::IAM::Policy',
      DependsOn: ['topic'],
      Properties: {
        ref: 'restart-service',
        kept: { Ref: 'topic' },
        getAtt: 'left-out-mathAlarm',
        short: 'left-out-mathAlarm',
        sub: { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:document/restart-service ${topic.Arn} ${!document}' },
        subWithVariables: { 'Fn::Sub': ['restart-service ${name}', { name: 'restart-service' }] },
      },
    });
  });
});
