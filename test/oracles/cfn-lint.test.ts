import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Properties, resolveTemplate } from 'embedded-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import largest from '../../config/largest.ts';
import example from '../../config/mockupaws-production.ts';
import { type Synthesised, synthesise } from '../support/stack.ts';
import { ask } from './python.ts';

/** What cfn-lint says against the templates and we leave as it is, by its rule. */
const LEFT: Record<string, string> = {
  W3005:
    'CDK has a resource wait for a role together with its policies, and names the role although a property refers to it',
};

interface Template {
  Resources: Record<string, { Type: string; Properties?: Properties }>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incident-response-oracles-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CFN_LINT = 'from cfnlint.runner import main; main()';

interface Match {
  Rule: { Id: string };
  Message: string;
  Location: { Path: string[] | null };
}

/** Gives what cfn-lint finds, by its rule. */
async function lint(name: string, template: object, region: string): Promise<Map<string, string[]>> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(template));
  const quietly = ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', region];
  const matches = (await ask(['-c', CFN_LINT, ...quietly, '--template', file])) as Match[];
  const found = Map.groupBy(matches, ({ Rule }) => Rule.Id);
  const text = ({ Message, Location }: Match) => `${Location.Path?.join('/')}: ${Message}`;
  return new Map([...found].map(([rule, those]) => [rule, those.map(text)]));
}

/** The template with every reference replaced by its value, which shows what is only known then, as the workflow's definition. */
const resolved = ({ embedded }: Synthesised): Template => ({
  Resources: Object.fromEntries(
    resolveTemplate(embedded).map(({ logicalId, type, properties }) => [
      logicalId,
      { Type: type, Properties: properties },
    ]),
  ),
});

const stackOf = (config: typeof example) => synthesise(config, { name: `${config.service}-incident-response` });
const stacks = { example: stackOf(example), largest: stackOf(largest) };
const [second] = Object.values(stacks.largest.others);
const templates: [string, object, string][] = [
  ['example', stacks.example.template.toJSON(), example.region],
  ['example, resolved', resolved(stacks.example), example.region],
  ['largest', stacks.largest.template.toJSON(), largest.region],
  ['largest in its second region', second?.toJSON() ?? {}, largest.statusPage?.secondRegion ?? ''],
];

describe('cfn-lint has nothing against the template', () => {
  const left = new Set<string>();

  it.concurrent.each(templates)('%s', async (name, template, region) => {
    const found = await lint(name, template, region);
    for (const rule of Object.keys(LEFT)) if (found.delete(rule)) left.add(rule);
    expect(Object.fromEntries(found)).toEqual({});
  });

  it('but for what is listed, all of which it still says', () => {
    expect([...left]).toEqual(Object.keys(LEFT));
  });
});

it('it would say so: of a resource of each kind with one fault', async () => {
  const { Resources } = resolved(stacks.example);
  const faults: [rule: string, type: string, fault: (properties: Properties) => Properties][] = [
    ['E3030', 'AWS::CloudWatch::Alarm', () => ({ ComparisonOperator: 'GreaterThan' })],
    ['E3031', 'AWS::SSM::Document', () => ({ Name: 'two words' })],
    ['E3034', 'AWS::SQS::Queue', () => ({ VisibilityTimeout: 43_201 })],
    ['E3717', 'AWS::Lambda::Function', () => ({ Timeout: 901 })],
    ['E3510', 'AWS::IAM::Policy', () => ({ PolicyDocument: { Statement: [{ Effect: 'Allowed' }] } })],
    [
      'E3601',
      'AWS::StepFunctions::StateMachine',
      ({ DefinitionString: text }) => ({ DefinitionString: text.replace('"Task"', '"Tusk"') }),
    ],
  ];
  const spoilt = faults.map(([rule, type, fault]) => {
    const { Properties: properties = {} } = Object.values(Resources).find(({ Type }) => Type === type) ?? {};
    return [rule, { Type: type, Properties: { ...properties, ...fault(properties) } }];
  });
  const found = await lint('spoilt', { Resources: Object.fromEntries(spoilt) }, example.region);
  expect([...found.keys()].sort()).toEqual(faults.map(([rule]) => rule).sort());
});
