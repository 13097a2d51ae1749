import type { Template } from 'aws-cdk-lib/assertions';
import { matches } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../../lib/index.ts';
import { directAccess } from '../../support/direct-access.ts';
import { everything as config } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, resources, stackOf, synthesise } from '../../support/stack.ts';

const { template } = stackOf(config);
const { all, one, allowed } = inspect(template);

describe('messages to people', () => {
  const [key] = all('AWS::KMS::Key');
  const fromThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

  it('are encrypted with a key that CloudWatch may use, in topics that CloudWatch may publish to', () => {
    expect(key?.properties.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: fromThisAccount,
    });
    for (const { id, path, properties } of all('AWS::SNS::Topic')) {
      expect(refersTo(properties.KmsMasterKeyId), path).toEqual([key?.id]);
      const policy = all('AWS::SNS::TopicPolicy').find(({ properties }) => refersTo(properties.Topics).includes(id));
      expect(policy?.properties.PolicyDocument.Statement, path).toContainEqual(
        expect.objectContaining({
          ...{ Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: id }, Condition: fromThisAccount },
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      );
    }
  });

  it('may be sent by the page function, to the levels alone, with the key that takes', () => {
    const statements = allowed('Page');
    const levels = [1, 2, 3, 4].map(level => one('AWS::SNS::Topic', `Paging/Level${level}`).id);
    const publish = statements.find(statement => actionsOf(statement).includes('sns:Publish'));
    expect(refersTo(publish?.Resource)).toEqual(levels);
    expect(
      refersTo(one('AWS::Lambda::Function', 'Page/Function').properties.Environment.Variables.LEVEL_TOPICS),
    ).toEqual(levels);
    const encrypt = statements.find(statement => actionsOf(statement).some(action => action.startsWith('kms:')));
    expect(encrypt && actionsOf(encrypt)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    expect(refersTo(encrypt?.Resource)).toEqual([key?.id]);
  });

  const subscriptions = (from: Template, topic: string) =>
    resources(from, 'AWS::SNS::Subscription')
      .map(({ properties }) => properties)
      .filter(({ TopicArn }) => refersTo(TopicArn).includes(topic));
  const addressesOf = ({ people }: ServiceConfig, ...names: string[]) =>
    names.flatMap(name => Object.values(people[name] ?? {}));

  it('of a level reach at both addresses whom they name, and nobody else; telephones only if they are pages', () => {
    config.escalation.forEach(({ people }, i) => {
      const subscribed = subscriptions(template, one('AWS::SNS::Topic', `Paging/Level${i + 1}`).id);
      const reached = (attributes: object) =>
        subscribed.flatMap(({ FilterPolicy, Endpoint }) => (matches(FilterPolicy, attributes) ? [Endpoint] : []));
      for (const person of Object.keys(config.people)) {
        const { email, ...telephone } = config.people[person] ?? {};
        const addresses = people.includes(person) ? [email, ...Object.values(telephone)] : [];
        expect(reached({ person, urgency: 'page' }), person).toEqual(addresses);
        expect(reached({ person, urgency: 'notice' }), person).toEqual(addresses.slice(0, 1));
      }
      expect(reached({})).toEqual([]);
    });
  });

  it('reach somebody who stands in for another too, and a person of two levels at both', () => {
    const [first, second, ...others] = config.escalation;
    const overrides = [{ person: 'cleo', from: '2026-01-31T18:00', to: '2026-02-01T09:00' }];
    const rotation = { ...(first?.rotation as NonNullable<typeof first>['rotation']), overrides };
    const standIn = synthesise({
      ...config,
      escalation: [{ ...first, rotation } as typeof first & object, second as NonNullable<typeof second>, ...others],
    }).template;
    const topics = resources(standIn, 'AWS::SNS::Topic').filter(({ path }) =>
      subscriptions(standIn, one('AWS::SNS::Topic', path).id).some(({ Endpoint }) => Endpoint === 'cleo@mockupaws.com'),
    );
    expect(topics.map(({ path }) => path)).toEqual(['Paging/Level1', 'Paging/Level2', 'Paging/Notices']);
  });

  it.each([
    ['one operator', template, config],
    ['an operator with a telephone', stackOf(directAccess).template, directAccess],
  ])(
    'of an alarm name nobody, so no filter is in their way, and telephones of the first level ring: %s',
    (_, from, service) => {
      const alarmed = resources(from, 'AWS::CloudWatch::Alarm').flatMap(({ properties }) =>
        refersTo(properties.AlarmActions),
      );
      const reached = [...new Set(alarmed)].flatMap(topic => subscriptions(from, topic));
      expect(reached.filter(({ FilterPolicy }) => FilterPolicy)).toEqual([]);
      const telephones = service.escalation[0]?.people.map(name => service.people[name]?.sms) ?? [];
      const people = [...telephones, ...addressesOf(service, ...service.operations)];
      expect(reached.map(({ Endpoint }) => Endpoint).sort()).toEqual(people.sort());
    },
  );

  it('are looked after: every topic is listed, against all who should be subscribed to it', () => {
    const { properties } = one('AWS::Lambda::Function', 'Subscriptions/Function');
    const topics = refersTo(properties.Environment.Variables.TOPICS);
    expect(topics.toSorted()).toEqual(
      all('AWS::SNS::Topic')
        .map(({ id }) => id)
        .sort(),
    );
    const listing = allowed('Subscriptions').find(s => actionsOf(s).includes('sns:ListSubscriptionsByTopic'));
    expect(refersTo(listing?.Resource).toSorted()).toEqual(topics.toSorted());
    expect(one('AWS::Events::Rule', 'Subscriptions/EveryQuarter').properties.ScheduleExpression).toBe(
      'rate(15 minutes)',
    );
    for (const name of ['PeopleNotReached', 'LevelWithoutAnybody', 'ReachUnchecked'])
      expect(refersTo(one('AWS::CloudWatch::Alarm', `OwnAlarms/${name}`).properties.AlarmActions)).toContain(
        one('AWS::SNS::Topic', 'Paging/Operations').id,
      );
  });
});
