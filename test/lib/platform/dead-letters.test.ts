import { matches } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, stackOf, statementsOf } from '../../support/stack.ts';

const { template } = stackOf(everything);
const { all, one, roleOf } = inspect(template);

describe('an event that fails is not lost', () => {
  const operations = one('AWS::SNS::Topic', 'Paging/Operations').id;

  const SOON = { 'rate(1 minute)': [0, 60], 'rate(5 minutes)': [], 'rate(15 minutes)': [2, 900] };
  const comesSoonAgain = ({ properties }: { properties: { ScheduleExpression?: string } }) =>
    Object.hasOwn(SOON, properties.ScheduleExpression ?? '');

  it('is made up for by the next minute or quarter of an hour where there is one, and not kept', () => {
    const minutes = all('AWS::Events::Rule').filter(comesSoonAgain);
    expect(minutes.map(({ path }) => path.split('/')[0]).sort()).toEqual([
      'Probe',
      'StatusPage',
      'Subscriptions',
      'Watch',
    ]);
    for (const { properties, path } of minutes) {
      const [target] = properties.Targets;
      expect(target.DeadLetterConfig, path).toBeUndefined();
      if (target.SqsParameters) continue;
      const settings = all('AWS::Lambda::EventInvokeConfig').find(
        other => refersTo(other.properties.FunctionName)[0] === refersTo(target.Arn)[0],
      );
      const [MaximumRetryAttempts, MaximumEventAgeInSeconds] = SOON[properties.ScheduleExpression as keyof typeof SOON];
      expect(settings?.properties, path).toMatchObject({ MaximumRetryAttempts, MaximumEventAgeInSeconds });
      expect(settings?.properties.DestinationConfig, path).toBeUndefined();
    }
  });

  it('every other rule target has a dead-letter queue that EventBridge may write to', () => {
    for (const rule of all('AWS::Events::Rule').filter(rule => !comesSoonAgain(rule))) {
      for (const target of rule.properties.Targets) {
        const [queue] = refersTo(target.DeadLetterConfig);
        const policy = all('AWS::SQS::QueuePolicy').find(({ properties }) => refersTo(properties.Queues)[0] === queue);
        expect(policy?.properties.PolicyDocument.Statement, rule.path).toContainEqual(
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule.id, 'Arn'] } } },
          }),
        );
      }
    }
  });

  it('every other function that is called asynchronously has an on-failure destination that it may write to', () => {
    const called = all('AWS::Events::Rule')
      .filter(rule => !comesSoonAgain(rule))
      .flatMap(({ properties }) => properties.Targets.map((target: { Arn: unknown }) => refersTo(target.Arn)[0]));
    for (const { id, path, properties } of all('AWS::Lambda::Function').filter(({ id }) => called.includes(id))) {
      const settings = all('AWS::Lambda::EventInvokeConfig').find(
        other => refersTo(other.properties.FunctionName)[0] === id,
      );
      const [queue = ''] = refersTo(settings?.properties.DestinationConfig.OnFailure);
      expect(queue, path).toMatch(/DeadLetters/);
      expect(sendsTo(properties.Role), path).toContain(queue);
    }
    expect(new Set(called).size).toBeGreaterThanOrEqual(3);
  });

  it('the stream is read in order, from its beginning, and an event that cannot be published becomes a dead letter', () => {
    const mappings = all('AWS::Lambda::EventSourceMapping');
    const [mapping, ...others] = mappings.filter(({ properties }) => properties.StartingPosition);
    expect(others).toEqual([]);
    expect(mapping?.properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
    });
    expect(mapping?.properties.ParallelizationFactor ?? 1).toBe(1);
    const [queue = ''] = refersTo(mapping?.properties.DestinationConfig.OnFailure);
    expect(sendsTo(one('AWS::Lambda::Function', 'Publish/Function').properties.Role)).toContain(queue);
    const pattern = JSON.parse(mapping?.properties.FilterCriteria.Filters[0].Pattern);
    const record = (item: object, eventName = 'INSERT') => ({ eventName, dynamodb: { NewImage: item } });
    const commit = { pk: { S: 'incident/a/b' }, incident: { M: { id: { S: 'INC-2026-01-01-001' } } } };
    expect(matches(pattern, record(commit))).toBe(true);
    expect(matches(pattern, record(commit, 'MODIFY'))).toBe(false);
    expect(matches(pattern, record({ pk: { S: 'ledger/a' }, runs: { L: [] } }))).toBe(false);
  });

  it('every dead-letter queue has an alarm that notifies operations of its first message', () => {
    const queues = all('AWS::SQS::Queue').filter(({ properties }) => !properties.RedrivePolicy);
    expect(queues.length).toBeGreaterThan(0);
    for (const { id, path, properties } of queues) {
      expect(properties, path).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
      expect(alarmOn(id)?.properties, path).toMatchObject({
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        ...{ Threshold: 1, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' },
        AlarmActions: [{ Ref: operations }],
      });
    }
  });

  const LETTERS = 'ApproximateNumberOfMessagesVisible';
  const counted = ({ properties }: ReturnType<typeof one>) =>
    (properties.Metrics as { MetricStat?: { Metric: { MetricName: string; Dimensions: unknown } } }[]).flatMap(
      ({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []),
    );
  const alarmOn = (queue: string) =>
    all('AWS::CloudWatch::Alarm').find(
      alarm =>
        alarm.properties.Metrics &&
        counted(alarm).some(
          ({ MetricName, Dimensions }) => MetricName === LETTERS && refersTo(Dimensions).includes(queue),
        ),
    );
  const hears = (queue: string, metric: string, sender: string) => {
    const alarm = alarmOn(queue);
    const metrics = alarm ? counted(alarm) : [];
    return metrics.some(({ MetricName, Dimensions }) => MetricName === metric && refersTo(Dimensions).includes(sender));
  };

  it('a queue that has slept says so late: its alarm hears of the sender too, and lasts until the queue is awake', () => {
    const unheard: string[] = [];
    const check = (queue: string | undefined, metric: string, { id, path }: { id: string; path: string }) => {
      if (queue && !hears(queue, metric, id)) unheard.push(`${metric} of ${path} by ${queue}`);
    };
    for (const { properties } of all('AWS::Lambda::EventInvokeConfig')) {
      const [fn] = refersTo(properties.FunctionName);
      const sender = all('AWS::Lambda::Function').find(({ id }) => id === fn);
      if (sender) check(refersTo(properties.DestinationConfig?.OnFailure)[0], 'AsyncEventsDropped', sender);
    }
    const dead = all('AWS::SQS::Queue').filter(({ properties }) => !properties.RedrivePolicy);
    for (const rule of all('AWS::Events::Rule'))
      for (const { Arn, DeadLetterConfig } of rule.properties.Targets) {
        const target = dead.find(({ id }) => id === refersTo(Arn)[0]);
        if (target) check(target.id, 'Invocations', rule);
        // A letter of a letter has no third alarm.
        else check(refersTo(DeadLetterConfig)[0], 'InvocationsSentToDlq', rule);
      }
    expect(unheard).toEqual([]);
    const intake = alarmOn(one('AWS::SQS::Queue', 'OwnAlarms/IntakeDeadLetters').id);
    expect(intake && counted(intake).map(({ MetricName }) => MetricName)).toEqual([LETTERS, 'SignalsSetAside']);
    for (const { id, path } of dead) expect(alarmOn(id)?.properties.EvaluationPeriods, path).toBe(16);
  });

  it('every channel retries for half a day, and intake for four days, in order, with dead letters of their own', () => {
    const queues = all('AWS::SQS::Queue').filter(({ properties }) => properties.RedrivePolicy);
    expect(queues.length).toBeGreaterThan(0);
    const aside = queues.map(({ id, path, properties }) => {
      const { VisibilityTimeout: retryAfter, RedrivePolicy: redrive } = properties;
      expect(properties, path).toMatchObject({
        ...{ FifoQueue: true, ContentBasedDeduplication: true, SqsManagedSseEnabled: true },
      });
      const isIntake = path.startsWith('Intake/');
      // Intake asks for pauses of six minutes by itself.
      expect((isIntake ? 360 : retryAfter) * redrive.maxReceiveCount, path).toBe((isIntake ? 97 : 12) * 3600);
      expect(redrive.maxReceiveCount, path).toBeLessThanOrEqual(1000);
      expect(properties.MessageRetentionPeriod, path).toBe(14 * 24 * 3600);
      const mapping = all('AWS::Lambda::EventSourceMapping').find(other =>
        refersTo(other.properties.EventSourceArn).includes(id),
      );
      expect(mapping?.properties, path).toMatchObject(
        isIntake ? { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] } : { BatchSize: 1 },
      );
      const fn = all('AWS::Lambda::Function').find(other =>
        refersTo(mapping?.properties.FunctionName).includes(other.id),
      );
      expect(fn?.properties.Timeout, path).toBeLessThanOrEqual(isIntake ? retryAfter / 6 : retryAfter - 1);
      return refersTo(properties.RedrivePolicy)[0] ?? '';
    });
    const refused = all('AWS::Events::Rule').filter(({ path }) => path.endsWith('/Refused'));
    // The status page refuses nothing for good; intake puts poison aside itself, and the mailer mails, which have an address in them.
    const channels = aside.filter(id => !/StatusPage|MailDeadLetters|IntakeDeadLetters/.test(id));
    expect(refused.flatMap(({ properties }) => refersTo(properties.Targets[0].Arn)).sort()).toEqual(channels.sort());
    for (const dead of all('AWS::SQS::Queue').filter(({ id }) => aside.includes(id)))
      expect(dead.properties, dead.path).toMatchObject({ FifoQueue: true });
  });

  function sendsTo(role: unknown): string[] {
    const sending = statementsOf(template, roleOf(role)).filter(statement =>
      actionsOf(statement).includes('sqs:SendMessage'),
    );
    return sending.flatMap(({ Resource }) => refersTo(Resource));
  }
});
