import { readdirSync } from 'node:fs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as rds from '@aws-sdk/client-rds';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { readDocument } from '../../lib/remedies/document-content.ts';
import { faultsOf, operationOf, pick, shapeOf } from '../support/sdk-model.ts';
import { actionsOf, refersTo, resources, statementsOf, synthesise } from '../support/stack.ts';

interface Step {
  name: string;
  action: string;
  isEnd?: boolean;
  inputs: {
    Service: string;
    Api: string;
    PropertySelector?: string;
    DesiredValues?: unknown[];
    [parameter: string]: unknown;
  };
  outputs?: { Name: string; Selector: string; Type: string }[];
}

interface Document {
  description?: string;
  schemaVersion: string;
  assumeRole?: string;
  parameters: Record<string, { type: string; description?: string; default?: unknown; allowedValues?: string[] }>;
  mainSteps: Step[];
  outputs?: string[];
}

/** Services as Systems Manager (and boto3) names them. IAM knows these by the same names. */
const CLIENTS: Record<string, Record<string, unknown>> = {
  ec2,
  ecs,
  elasticache,
  elbv2,
  rds,
  ssm,
  sts,
};

const folder = `${import.meta.dirname}/../../runbooks`;
const read = (file: string) => readDocument(file.replace('.yaml', '')) as unknown as Document;
const documents = readdirSync(folder).map(file => ({ file, document: read(file) }));

/** The steps in the order of their running, those within a loop before the loop itself, whose condition may refer to them. */
const allSteps = (steps: Step[]): Step[] =>
  steps.flatMap(step => [...((step.inputs['Steps'] as Step[] | undefined) ?? []), step]);

const CALLS = ['aws:executeAwsApi', 'aws:waitForAwsResourceProperty', 'aws:assertAwsResourceProperty'];
const TYPES: Record<string, string> = {
  String: 'string',
  Integer: 'number',
  Boolean: 'boolean',
  StringList: 'list',
  StringMap: 'object',
  MapList: 'list',
};
const typeNamed = (type: string) => TYPES[type] ?? 'string';

/** What is wrong with the document, in the eyes of the services that it calls. */
function faults({ parameters, mainSteps, outputs = [] }: Document): string[] {
  const known = new Map(Object.entries(parameters).map(([name, { type }]) => [name, typeNamed(type)]));
  const typeOf = (text: string) => {
    const [, whole] = text.match(/^\{\{ *([\w.:]+) *\}\}$/) ?? [];
    return whole === undefined ? undefined : (known.get(whole) ?? 'value that nothing gives');
  };
  return [
    ...allSteps(mainSteps).flatMap(step => {
      const found = faultsOfStep(step, typeOf);
      const references = [...JSON.stringify(step.inputs).matchAll(/\{\{ *([\w.:]+) *\}\}/g)].map(
        ([, name = '']) => name,
      );
      const unknown = references.filter(name => !known.has(name)).map(name => `{{ ${name} }} is given by nothing`);
      for (const { Name, Type } of step.outputs ?? []) known.set(`${step.name}.${Name}`, typeNamed(Type));
      if (step.action === 'aws:invokeLambdaFunction') known.set(`${step.name}.Payload`, 'string');
      return [...found, ...unknown].map(fault => `${step.name}: ${fault}`);
    }),
    ...outputs.filter(output => !known.has(output)).map(output => `the output ${output} is given by nothing`),
  ];
}

function faultsOfStep({ action, inputs, outputs = [] }: Step, typeOf: (text: string) => string | undefined): string[] {
  if (!CALLS.includes(action)) return [];
  const { Service, Api, PropertySelector, DesiredValues, ...parameters } = inputs;
  const client = CLIENTS[Service];
  if (!client) return [`the service ${Service} is not known to this test: add its client`];
  try {
    const { input, output } = operationOf(client, Api);
    const watches = action !== 'aws:executeAwsApi';
    return [
      ...faultsOf(input, parameters, Api, typeOf),
      ...(watches && !(PropertySelector && DesiredValues?.length) ? ['lacks PropertySelector or DesiredValues'] : []),
      ...(PropertySelector
        ? [pick(output, PropertySelector)].flatMap(shape =>
            shape.kind === 'simple' ? [] : [`${PropertySelector} is no single value`],
          )
        : []),
      ...outputs.flatMap(({ Name, Selector, Type }) => {
        const shape = pick(output, Selector);
        const type = shape.kind === 'simple' ? shape.type : shape.kind === 'list' ? 'list' : 'object';
        return type === typeNamed(Type) ? [] : [`the output ${Name} is a ${type}, not a ${Type}`];
      }),
    ];
  } catch (error) {
    return [(error as Error).message];
  }
}

describe.each(documents)('$file', ({ document }) => {
  it('calls operations that exist, with parameters that they take, and picks from what they return', () => {
    expect(faults(document)).toEqual([]);
  });

  it('explains itself and each of its parameters, and changes nothing unless told to', () => {
    expect(document.schemaVersion).toBe('0.3');
    expect(document.description).toMatch(/dry run/i);
    expect(document.assumeRole).toBe('{{ AutomationAssumeRole }}');
    expect(document.parameters['AutomationAssumeRole']?.type).toBe('AWS::IAM::Role::Arn');
    for (const [name, { description }] of Object.entries(document.parameters)) expect(description, name).toMatch(/\.$/);
    if (document.description?.includes('It only reads')) return;
    expect(document.parameters['DryRun']).toMatchObject({
      type: 'String',
      allowedValues: ['true', 'false'],
      default: 'true',
    });
    expect(JSON.stringify(document.mainSteps)).toContain('{{ DryRun }}');
  });
});

describe.each(documents)('$file, whatever AWS leaves open,', ({ document: { parameters, mainSteps } }) => {
  it('has a default for no choice of its own but the dry run: a person says how many, and which way', () => {
    const given = Object.entries(parameters).filter(([, parameter]) => parameter.default !== undefined);
    const kept = ['DryRun', 'AutoScaling', 'ExpectedCount', 'DeploymentArn', 'TaskDefinition'];
    kept.push('WriterInstanceId', 'ReaderInstanceId', 'PrimaryNodeId', 'RestartBy', 'CertificateArns');
    for (const [name, parameter] of given) {
      expect(kept, name).toContain(name);
      if (!['DryRun', 'AutoScaling'].includes(name)) expect(parameter.default, name).toBe('');
    }
  });

  it('branches on the verdict of every function that it calls, or looks once more', () => {
    const text = JSON.stringify(mainSteps.filter(({ action }) => action === 'aws:branch'));
    for (const { name } of mainSteps.filter(({ action }) => action === 'aws:invokeLambdaFunction'))
      expect(text, name).toContain(`{{ ${name}.Verdict }}`);
  });
});

describe('in the synthesised template', () => {
  const { template } = synthesise(config);
  const deployed = resources(template, 'AWS::SSM::Document').map(({ properties }) => properties);

  it.each(documents)('$file may do exactly what its steps call', ({ file, document }) => {
    const name = `mockupaws-production-${file.replace('.yaml', '')}`;
    const { Content } = deployed.find(({ Name }) => Name === name) ?? {};
    expect(Content?.mainSteps).toEqual(document.mainSteps);
    const [role = ''] = refersTo(Content.parameters.AutomationAssumeRole.default);
    const allowed = statementsOf(template, role).flatMap(actionsOf);
    expect([...new Set(allowed)].sort()).toEqual(
      [...new Set(allSteps(document.mainSteps).flatMap(actionsOfStep))].sort(),
    );
  });
});

function actionsOfStep({ action, inputs: { Service, Api } }: Step): string[] {
  // Everybody may ask who they are.
  if (Service === 'sts' && Api === 'GetCallerIdentity') return [];
  if (CALLS.includes(action)) return [`${Service === 'elbv2' ? 'elasticloadbalancing' : Service}:${Api}`];
  if (action === 'aws:invokeLambdaFunction') return ['lambda:InvokeFunction'];
  if (['aws:branch', 'aws:sleep', 'aws:approve', 'aws:loop'].includes(action)) return [];
  throw new Error(`what ${action} may call is not known to this test`);
}

describe('the check itself', () => {
  const mistakes: [what: string, file: string, change: (steps: Record<string, Step>) => void, fault: string][] = [
    [
      'a misspelt operation',
      'maintenance-mode',
      ({ turnOn }) => Object.assign(turnOn?.inputs ?? {}, { Api: 'ModifyRules' }),
      'turnOn: there is no operation ModifyRules',
    ],
    [
      'a misspelt parameter',
      'circuit-breaker',
      ({ setState }) => Object.assign(setState?.inputs ?? {}, { value: 'x' }),
      'setState: PutParameter has no value',
    ],
    [
      'a misspelt parameter further in',
      'maintenance-mode',
      ({ turnOff }) => Object.assign([turnOff?.inputs['Conditions']].flat()[0] ?? {}, { field: 'x' }),
      'turnOff: ModifyRule.Conditions[0] has no field',
    ],
    [
      'a value of another type',
      'circuit-breaker',
      ({ setState }) => Object.assign(setState?.inputs ?? {}, { Overwrite: '{{ Name }}' }),
      'setState: PutParameter.Overwrite is a string, not a boolean',
    ],
    [
      'a missing parameter',
      'circuit-breaker',
      ({ readState }) => delete readState?.inputs['Name'],
      'readState: GetParameter lacks Name, which is required',
    ],
    [
      'a misspelt selector',
      'maintenance-mode',
      ({ requireOn }) => Object.assign(requireOn?.inputs ?? {}, { PropertySelector: '$.Rules[0].Field' }),
      'requireOn: $.Rules[0].Field picks nothing: the output has no Field there',
    ],
    [
      'an output of another type',
      'circuit-breaker',
      ({ readState }) => Object.assign(readState?.outputs?.[0] ?? {}, { Type: 'Integer' }),
      'readState: the output State is a string, not a Integer',
    ],
    [
      'a reference to nothing',
      'circuit-breaker',
      ({ setState }) => Object.assign(setState?.inputs ?? {}, { Value: '{{ Valve }}' }),
      'setState: {{ Valve }} is given by nothing',
    ],
  ];

  it.each(mistakes)('sees %s', (_, file, change, fault) => {
    const document = read(`${file}.yaml`);
    change(Object.fromEntries(document.mainSteps.map(step => [step.name, step])));
    expect(faults(document).join('\n')).toContain(fault);
  });

  it('reads the schemas as the SDK means them', () => {
    const { input, output } = operationOf(ecs, 'DescribeServices');
    const shape = shapeOf(input);
    expect(shape.kind === 'structure' && [[...shape.members.keys()], shape.required]).toEqual([
      ['services', 'cluster', 'include'],
      ['services'],
    ]);
    expect(pick(output, '$.services[0].deployments[0].rolloutState')).toEqual({ kind: 'simple', type: 'string' });
    expect(pick(output, '$.services[0].desiredCount')).toEqual({ kind: 'simple', type: 'number' });
  });
});
