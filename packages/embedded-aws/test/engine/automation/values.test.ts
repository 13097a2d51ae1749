import { describe, expect, it } from 'vitest';
import { execute, InvalidParameters, load } from '../../../src/engine/automation/automation.ts';
import { MISSING_OUTPUT, type Positions, taking, Undocumented } from '../../../src/undocumented.ts';
import { broken, call, document, parametersOf, run } from './run.ts';

describe('outputs', () => {
  const response = {
    Reservations: [
      {
        Instances: [
          { ImageId: 'ami-1', Ebs: { VolumeId: 'vol-0', Delete: true }, State: { Code: 16, Name: 'running' } },
        ],
      },
      {
        Instances: [
          { ImageId: 'ami-2', Ebs: { VolumeId: 'vol-1', Delete: true }, State: { Code: 80, Name: 'stopped' } },
        ],
      },
    ],
  };
  const output = (Selector: string, Type?: string) =>
    run(document([call('a', { outputs: [{ Name: 'o', Selector, Type }] })]), {}, () => response).outcome.steps[0];

  it.each([
    ['$.Reservations[0].Instances[0].ImageId', 'String', ['ami-1']],
    ['$.Reservations[0].Instances[0].ImageId', undefined, ['ami-1']],
    ['$.Reservations[0].Instances[0].Ebs.Delete', 'Boolean', ['true']],
    ['$.Reservations[0].Instances[0].State.Code', 'Integer', ['16']],
    ['$.Reservations[0].Instances[0].State.Code', 'String', ['16']],
    ['$.Reservations[0].Instances[0].State.Code', 'StringList', ['16']],
    ['$.Reservations..Ebs..VolumeId', 'StringList', ['vol-0', 'vol-1']],
    ['$.Reservations[0].Instances[0].Ebs', 'StringMap', ['{"VolumeId":"vol-0","Delete":true}']],
    ['$.Reservations..Instances..State', 'MapList', ['{"Code":16,"Name":"running"}', '{"Code":80,"Name":"stopped"}']],
    ['$.Reservations[0]..ImageId', 'String', ['ami-1']],
  ])('%s as %s', (selector, type, expected) =>
    expect(output(selector, type)).toMatchObject({ status: 'Success', outputs: { o: expected } }),
  );

  it.each([
    ['$.Reservations[0].Instances[0].ImageId', 'Integer'],
    ['$.Reservations[0].Instances[0].Ebs', 'String'],
    ['$.Reservations..VolumeId', 'String'],
    ['$.Reservations[0].Instances[0].State.Code', 'Boolean'],
  ])('%s is no %s', (selector, type) => {
    expect(output(selector, type)).toMatchObject({ status: 'Failed', outputs: {} });
    expect(output(selector, type)?.failureMessage).toContain(`which is no ${type}`);
  });

  it('left out where a Selector finds nothing, fail the step that needs them', () => {
    const outputs = [{ Name: 'gone', Selector: '$.Reservations[5].Id' }];
    const ran = run(
      document(
        [
          call('a', { outputs }),
          call('b', { inputs: { Service: 'ecs', Api: 'DescribeServices', cluster: '{{ a.gone }}' } }),
        ],
        { outputs: ['a.gone'] },
      ),
      {},
      () => response,
      { undocumented: new Undocumented(taking(MISSING_OUTPUT, 'is left out')) },
    );
    expect(ran.steps).toEqual({ a: 'Success', b: 'Failed' });
    expect(ran.outcome.failureMessage).toContain('Failed to resolve input: a.gone');
    expect(ran.outcome.outputs).toEqual({ 'a.gone': [] });
  });
});

describe('a Selector that finds nothing', () => {
  const seen = (positions?: Positions, Selector = '$.nothing', Type = 'String') => {
    const outputs = [{ Name: 'Arn', Selector, Type }];
    return run(document([call('a', { outputs })], { outputs: ['a.Arn'] }), {}, () => ({ members: [] }), {
      undocumented: new Undocumented(positions),
    }).outcome;
  };

  it('fails its step, or is left out, or is there as it is written', () => {
    expect(seen().status).toBe('Failed');
    expect(seen(undefined, '$.members[*].Arn', 'StringList').status).toBe('Failed');
    expect(seen(undefined, '$.members', 'StringList').status).toBe('Success');
    expect(seen(taking(MISSING_OUTPUT, 'is left out'))).toMatchObject({ status: 'Success', outputs: { 'a.Arn': [] } });
    expect(seen(taking(MISSING_OUTPUT, 'is the selector'))).toMatchObject({
      status: 'Success',
      outputs: { 'a.Arn': ['$.nothing'] },
    });
  });
});

describe('parameters and references', () => {
  const types = {
    text: { type: 'String', allowedPattern: '[a-z]+', default: '' },
    list: { type: 'StringList', default: ['x'], maxItems: 2 },
    count: { type: 'Integer', default: 1, allowedValues: [1, 2, 5] },
    flag: { type: 'Boolean', default: false },
    map: { type: 'StringMap', default: {} },
    maps: { type: 'MapList', default: [] },
    must: { type: 'String', maxChars: 3 },
  };
  const sent = (inputs: object, given: Record<string, string[]> = {}) =>
    parametersOf(
      run(
        document([call('a', { inputs: { Service: 'ecs', Api: 'UpdateService', ...inputs } })], { parameters: types }),
        { must: ['m'], ...given },
      ),
    )[0];

  it('keeps the type of a whole reference, and is text in the midst of text', () => {
    expect(
      sent(
        { a: '{{ list }}', b: '{{count}}', c: '{{ flag }}', d: '{{ map }}', e: '{{ text }}', f: '{{ maps }}' },
        {
          list: ['p', 'q'],
          count: ['5'],
          flag: ['true'],
          map: ['{"k":[1]}'],
          text: ['abc'],
          maps: ['{"a":1}', '{"b":2}'],
        },
      ),
    ).toEqual({ a: ['p', 'q'], b: 5, c: true, d: { k: [1] }, e: 'abc', f: [{ a: 1 }, { b: 2 }] });
    expect(sent({ a: '{{ must }}-{{count}} {{flag}} {{ list }}' })).toEqual({ a: 'm-1 false ["x"]' });
  });

  it('lays a list open inside a list', () => {
    expect(sent({ ids: ['first', '{{ list }}'] }, { list: ['p', 'q'] })).toEqual({ ids: ['first', 'p', 'q'] });
  });

  it('knows the variables of the service', () => {
    expect(
      sent({
        a: '{{ global:DATE }}',
        b: '{{global:DATE_TIME}}',
        c: '{{ global:REGION }}',
        d: '{{ global:ACCOUNT_ID }}',
        e: 'arn:{{ global:AWS_PARTITION }}:x',
        f: '{{ automation:EXECUTION_ID }}',
      }),
    ).toEqual({
      a: '2026-01-02',
      b: '2026-01-02_03.04.05',
      c: 'eu-west-1',
      d: '123456789012',
      e: 'arn:aws:x',
      f: '1a2b3c',
    });
  });

  it.each<[string, Record<string, string[]>]>([
    ['is required', { must: [] }],
    ['is not defined', { other: ['x'] }],
    ['does not match', { text: ['abc1'] }],
    ['is not among', { count: ['3'] }],
    ['is not a Integer', { count: ['many'] }],
    ['is not a Boolean', { flag: ['yes'] }],
    ['is not a String', { text: ['a', 'b'] }],
    ['is not a StringMap', { map: ['[1]'] }],
    ['is not a StringMap', { map: ['{'] }],
    ['has 3 items', { list: ['a', 'b', 'c'] }],
    ['has 4 characters', { must: ['long'] }],
  ])('starts nothing when a parameter %s: %j', (why, given) => {
    const { must, ...others } = { must: ['m'], ...given };
    const wrong = why === 'is required' ? others : { must, ...others };
    const begin = () =>
      execute(load(document([call('a')], { parameters: types })), wrong, {
        executionId: 'x',
        accountId: '1',
        region: 'r',
        now: () => new Date(0),
        undocumented: new Undocumented(),
      });
    expect(begin).toThrow(InvalidParameters);
    expect(begin).toThrow(why.replace(' a Integer', ' a Integer'));
    expect(new InvalidParameters('').name).toBe('InvalidAutomationExecutionParametersException');
  });

  it('fails a step that refers to a step which did not run', () => {
    const outputs = [{ Name: 'o', Selector: '$.o' }];
    const ran = run(
      document([
        call('a', { outputs, onFailure: 'Continue' }),
        call('b', { inputs: { Service: 'ecs', Api: 'X', v: '{{ a.o }}' } }),
      ]),
      {},
      (_, nth) => (nth === 1 ? broken() : {}),
    );
    expect(ran.outcome).toMatchObject({ status: 'Failed' });
    expect(ran.outcome.failureMessage).toContain('Failed to resolve input: a.o');
  });
});
