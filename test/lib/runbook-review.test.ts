import { expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { defineService } from '../../lib/config/service-config.ts';
import { DatabaseConnections } from '../../lib/playbooks/database-connections/playbook.ts';
import { refersTo, resources, statementsOf, synthesise } from '../support/stack.ts';

/** Fewer playbooks are quicker to synthesise, and none has part in this. */
const synthesised = (service: typeof config) =>
  synthesise(service, { playbooks: [new DatabaseConnections()] }).template;
const template = synthesised(config);
const one = (type: string, path: string) => {
  const found = resources(template, type).find(resource => resource.path === path);
  if (!found) throw new Error(`no ${type} ${path}`);
  return found;
};
const reviewers = (from: typeof template) =>
  resources(from, 'AWS::Lambda::Function').find(({ path }) => path === 'RunbookReview/Function')?.properties[
    'Environment'
  ].Variables.REVIEWERS;

it('begins on the first day of each quarter, and what is lost ends among dead letters that operations hear of', () => {
  const rule = one('AWS::Events::Rule', 'RunbookReview/EveryQuarter').properties;
  expect(rule['ScheduleExpression']).toBe('cron(0 9 1 1,4,7,10 ? *)');
  const { id: letters } = one('AWS::SQS::Queue', 'OwnAlarms/RunbookReviewDeadLetters');
  expect(refersTo(rule['Targets'][0].DeadLetterConfig.Arn)).toEqual([letters]);
  const invoked = one('AWS::Lambda::EventInvokeConfig', 'RunbookReview/Function/EventInvokeConfig').properties;
  expect(refersTo(invoked['DestinationConfig'].OnFailure.Destination)).toEqual([letters]);
  const alarm = one('AWS::CloudWatch::Alarm', 'OwnAlarms/RunbookReviewDeadLettersWaiting').properties;
  expect(refersTo(alarm['AlarmActions'])).toEqual([one('AWS::SNS::Topic', 'Paging/Operations').id]);
});

it('may write the items of its reviews, publish notices and leave dead letters, and nothing else', () => {
  const may = statementsOf(template, one('AWS::IAM::Role', 'RunbookReview/Role').id);
  expect(may.map(({ Action, Condition }) => [Action, Condition])).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], undefined],
    // Its dead letters.
    [['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], undefined],
    [
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['runbook-review/mockupaws-production'] } },
    ],
    ['sns:Publish', undefined],
    [['kms:Decrypt', 'kms:GenerateDataKey'], undefined],
  ]);
});

it('reaches the reviewers, or operations where there are none, by the names of those who have an e-mail address', () => {
  expect(reviewers(template)).toBe('cleo,dora');
  const escalation = config.escalation.filter(({ role }) => !/manager/i.test(role));
  const { reviewers: _, ...others } = config;
  const unreviewed = defineService({ ...others, escalation } as never);
  expect(reviewers(synthesised(unreviewed))).toBe('operations');
});
