import { describe, expect, it } from 'vitest';
import { load } from '../../../src/engine/automation/automation.ts';
import { Unsupported } from '../../../src/unsupported.ts';
import { call, document } from './run.ts';

describe('refusals at load', () => {
  const wait = (inputs: object) =>
    document([
      {
        name: 'w',
        action: 'aws:waitForAwsResourceProperty',
        inputs: { Service: 'ecs', Api: 'X', PropertySelector: '$.a', DesiredValues: ['b'], ...inputs },
      },
    ]);
  const lambda = (inputs: object) =>
    document([{ name: 'f', action: 'aws:invokeLambdaFunction', inputs: { FunctionName: 'f', ...inputs } }]);
  const sleep = (inputs: object) => document([{ name: 's', action: 'aws:sleep', inputs }]);
  const branch = (choice: object, more: object = {}) =>
    document(
      [{ name: 'c', action: 'aws:branch', inputs: { Choices: [{ NextStep: 'd', ...choice }], ...more } }, call('d')],
      { parameters: { s: { type: 'String' }, n: { type: 'Integer' } } },
    );

  it.each<[string, unknown, string]>([
    ['another schema', { ...document([call('a')]), schemaVersion: '2.2' }, 'schemaVersion'],
    ['no steps', document([]), 'no steps'],
    ['an unknown part', document([call('a')], { files: {} }), 'the field files'],
    ['variables', document([call('a')], { variables: {} }), 'the field variables'],
    ['an unknown action', document([{ name: 'a', action: 'aws:approve', inputs: {} }]), 'the action aws:approve'],
    ['onCancel', document([call('a', { onCancel: 'Abort' })]), 'the field onCancel'],
    ['a misspelt property', document([call('a', { onFailre: 'Abort' })]), 'onFailre'],
    ['onFailure of something else', document([call('a', { onFailure: 'Retry' })]), 'a.onFailure'],
    ['a failure into nowhere', document([call('a', { onFailure: 'step:z' })]), 'there is no step "z"'],
    ['a next step that is not there', document([call('a', { nextStep: 'z' })]), 'there is no step "z"'],
    ['a loop', document([call('a'), call('b', { onFailure: 'step:a' })]), 'a loop: a -> b -> a'],
    ['two steps of a name', document([call('a'), call('a')]), 'the same name twice'],
    ['a name with a hyphen', document([call('a-b')]), 'a-b.name'],
    [
      'a reference to nothing',
      document([call('a', { inputs: { Service: 'x', Api: 'X', v: '{{ nope }}' } })]),
      '"nope"',
    ],
    [
      'an output that is not declared',
      document([call('a'), call('b', { inputs: { Service: 'x', Api: 'X', v: '{{ a.o }}' } })]),
      '"a.o"',
    ],
    [
      'a parameter of Parameter Store',
      document([call('a')], { parameters: { p: { type: 'String', default: '{{ssm:/x}}' } } }),
      'parameters.p.default',
    ],
    [
      'a broken reference',
      document([call('a', { inputs: { Service: 'x', Api: 'X', v: '{{ {{ p }} }}' } })], {
        parameters: { p: { type: 'String' } },
      }),
      'the reference in',
    ],
    ['a role that is no parameter', document([call('a')], { assumeRole: '{{ role }}' }), 'document.assumeRole'],
    ['a document output of nothing', document([call('a')], { outputs: ['a.o'] }), 'document.outputs'],
    ['an unknown type', document([call('a')], { parameters: { p: { type: 'Number' } } }), 'parameters.p.type'],
    [
      'a default of another type',
      document([call('a')], { parameters: { p: { type: 'Integer', default: 'x' } } }),
      'parameters.p.default',
    ],
    [
      'a pattern that is none',
      document([call('a')], { parameters: { p: { type: 'String', allowedPattern: '(' } } }),
      'allowedPattern',
    ],
    [
      'a Selector with a filter',
      document([call('a', { outputs: [{ Name: 'o', Selector: '$.x[?(@.a)]' }] })]),
      'a.outputs[0].Selector',
    ],
    [
      'outputs of a sleep',
      document([
        { name: 's', action: 'aws:sleep', inputs: { Duration: 'PT1S' }, outputs: [{ Name: 'o', Selector: '$' }] },
      ]),
      'outputs of aws:sleep',
    ],
    [
      'a call without an operation',
      document([{ name: 'a', action: 'aws:executeAwsApi', inputs: { Service: 'ecs' } }]),
      'a.inputs.Api',
    ],
    [
      'an operation of boto',
      document([call('a', { inputs: { Service: 'ecs', Api: 'describe_services' } })]),
      'describe_services',
    ],
    [
      'an operation by reference',
      document([call('a', { inputs: { Service: 'ecs', Api: '{{ global:DATE }}' } })]),
      'a.inputs.Api',
    ],
    ['a property of a list', wait({ PropertySelector: '$..a' }), 'which selects a list'],
    ['no desired values', wait({ DesiredValues: [] }), 'DesiredValues'],
    ['an asynchronous function', lambda({ InvocationType: 'Event' }), 'InvocationType'],
    ['a log tail', lambda({ LogType: 'Tail' }), 'LogType'],
    ['a client context', lambda({ ClientContext: 'x' }), 'ClientContext'],
    ['a duration that is none', sleep({ Duration: '10m' }), 'Duration'],
    ['an empty duration', sleep({ Duration: 'PT' }), 'Duration'],
    ['over seven days', sleep({ Duration: 'P7D' }), 'Duration'],
    [
      'duration and timestamp',
      sleep({ Duration: 'PT1S', Timestamp: '2026-01-01T00:00:00Z' }),
      'either Duration or Timestamp',
    ],
    ['no choices', document([{ name: 'c', action: 'aws:branch', inputs: { Choices: [] } }]), 'no choices'],
    ['an unknown operation', branch({ Variable: '{{ s }}', Matches: 'x' }), 'the operation Matches'],
    [
      'an operation of another type',
      branch({ Variable: '{{ n }}', StringEquals: '5' }),
      'StringEquals of "n", which is a Integer',
    ],
    ['an operand of another type', branch({ Variable: '{{ n }}', NumericEquals: '5' }), 'NumericEquals'],
    ['two operations', branch({ Variable: '{{ s }}', StringEquals: 'a', StartsWith: 'a' }), 'one operation'],
    ['a variable that is no reference', branch({ Variable: 's', StringEquals: 's' }), 'Variable'],
    [
      'a default that is not there',
      branch({ Variable: '{{ s }}', StringEquals: 's' }, { Default: 'z' }),
      'there is no step "z"',
    ],
  ])('%s', (_, content, message) => {
    expect(() => load(content)).toThrow(Unsupported);
    expect(() => load(content)).toThrow(message);
  });
});
