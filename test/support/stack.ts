import { readFileSync, rmSync } from 'node:fs';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Assembly } from 'embedded-aws';
import type { DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { commonIncidents, IncidentResponse, type Playbook, type ServiceConfig } from '../../lib/index.ts';
import { ResponderFunction } from '../../lib/platform/responder-function.ts';
import { readStack } from '../../local/world/stack.ts';

const { context } = JSON.parse(readFileSync(`${import.meta.dirname}/../../cdk.json`, 'utf8'));

export interface Synthesised {
  template: Template;
  /** Of each other stack of the app, by its name. */
  others: Record<string, Template>;
  /** As the embedded account reads it. */
  embedded: Assembly;
  /** The configuration as it is stored for the functions. */
  deployed: DeploymentDocument;
  /** The folder of each function in `lambda`, by its construct's path. */
  folders: Map<string, string>;
  /** What CDK and cdk-nag had to say. */
  report: { pluginReports: unknown[] };
}

/**
 * The stack as `bin/app.ts` builds it, not bundled. With `nag`, cdk-nag and CDK's own validation of the template report what
 * they find; the latter loads an engine that takes seconds in each process. @throws when CDK finds a fault.
 */
export function synthesise(
  config: ServiceConfig,
  {
    playbooks = commonIncidents(config),
    nag = false,
    name = 'Stack',
  }: { playbooks?: Playbook[]; nag?: boolean; name?: string } = {},
): Synthesised {
  const app = new App({
    builtinCloudFormationValidation: nag,
    context: { ...context, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true },
  });
  const stack = new Stack(app, name, { env: { region: config.region } });
  const { deployed } = new IncidentResponse(stack, 'IncidentResponse', { config, playbooks });
  const functions = stack.node.findAll().filter(construct => construct instanceof ResponderFunction);
  const folders = new Map(functions.map(({ node, folder }) => [node.path.split('/').slice(2).join('/'), folder]));
  if (nag) Validations.of(app).addPlugins(new AwsSolutionsChecks());
  const assembly = app.synth();
  const report = nag
    ? JSON.parse(readFileSync(`${assembly.directory}/validation-report.json`, 'utf8'))
    : { pluginReports: [] };
  const embedded = readStack(assembly.directory);
  const { [name]: template, ...others } = Object.fromEntries(
    assembly.stacks.map(({ stackName, template }) => [stackName, Template.fromJSON(template)]),
  );
  rmSync(assembly.directory, { recursive: true });
  if (!template) throw new Error('the app has no stack of ours');
  return { template, others, embedded, deployed, folders, report };
}

/** The resources of a type by their construct's path, as `Intake/Function`. */
export function resources(template: Template, type: string) {
  return Object.entries(template.findResources(type)).map(([id, { Properties, Metadata, ...rest }]) => {
    const path: string = Metadata?.['aws:cdk:path'] ?? id;
    return { id, path: path.split('/').slice(2, -1).join('/'), properties: Properties, rest };
  });
}

/** The logical ids that a value refers to, in any way. */
export function refersTo(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refersTo);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    if (key === 'Ref') return [String(part)];
    if (key === 'Fn::GetAtt') return [String((part as unknown[])[0])];
    return refersTo(part);
  });
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** What a role may do, by the policies of the template. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  const kinds = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];
  return kinds
    .flatMap(kind => resources(template, kind))
    .filter(({ properties }) => refersTo(properties.Roles).includes(roleId))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement as Statement[]);
}

export const actionsOf = ({ Action }: Statement): string[] => [Action].flat();

const synthesised = new Map<ServiceConfig, Synthesised>();

/** The stack of a configuration with its common incidents, judged by cdk-nag. Synthesised once for all tests of a worker. */
export function stackOf(config: ServiceConfig): Synthesised {
  const known = synthesised.get(config) ?? synthesise(config, { nag: true });
  synthesised.set(config, known);
  return known;
}

/** A template in the words of tests. Paths are those of constructs below `IncidentResponse`. */
export function inspect(template: Template) {
  const all = (type: string) => resources(template, type);
  const one = (type: string, path: string) => {
    const found = all(type).find(resource => resource.path === path);
    if (!found) throw new Error(`no ${type} ${path}, only ${all(type).map(resource => resource.path)}`);
    return found;
  };
  /** The logical id of the role of a function, a state machine or a document. */
  const roleOf = (owner: unknown) => refersTo(owner)[0] ?? '';
  return {
    all,
    one,
    roleOf,
    /** The statements of a function's role. */
    allowed: (path: string): Statement[] =>
      statementsOf(template, roleOf(one('AWS::Lambda::Function', `${path}/Function`).properties.Role)),
  };
}
