import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resource {
  Type: string;
  Properties: Properties;
  Metadata?: Record<string, string>;
  Condition?: string;
  DependsOn?: string | readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties have as many shapes as AWS has resources
export type Properties = Record<string, any>;

export interface Template {
  Resources: Record<string, Resource>;
  Metadata?: Record<string, unknown>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
}

/** One stack to deploy, and where its assets lie. Change the template to see what a changed stack would do. */
export interface Assembly {
  /** The stack's artifact id, which is also the value of `AWS::StackName`. */
  name: string;
  /** Absolute, or relative to the working directory. */
  directory: string;
  region: string;
  template: Template;
  /** The id of a construct that contains the others: the paths of resources leave it out. @default none */
  root?: string;
}

interface Manifest {
  artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile: string } }>;
}

/**
 * Reads what `cdk synth` wrote into a directory.
 *
 * An app may have several stacks, e.g. one in another region for a certificate. One of them is the main stack, whose name
 * and region count; the resources of the others are deployed beside its own, as long as they know each other by name.
 *
 * @param isMain tells the main stack from the others; without it, the app must have one stack
 * @throws Error when no stack or more than one is the main stack
 * @example
 * const assembly = readAssembly('cdk.out', ({ name }) => name === 'Orders');
 */
export function readAssembly(
  directory: string,
  isMain: (stack: Pick<Assembly, 'name' | 'region' | 'template'>) => boolean = () => true,
): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const stacks = Object.entries((read('manifest.json') as Manifest).artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([name, { environment, properties }]) => ({
      name,
      region: regionOf(environment),
      template: read(properties?.templateFile ?? '') as Template,
    }));
  const [main, ...more] = stacks.filter(isMain);
  if (!main || more.length > 0) {
    const found = stacks.filter(isMain).map(({ name }) => name);
    throw new Error(
      `${directory}: expected one main stack, found ${found.length}${main ? ` (${found.join(', ')}): say which it is by isMain` : ''}`,
    );
  }
  const Resources = Object.assign({}, ...stacks.map(({ template }) => template.Resources));
  return { ...main, directory, template: { ...main.template, Resources } };
}

/** CDK writes `unknown-region` for a stack that is not bound to one. */
function regionOf(environment = ''): string {
  const region = environment.split('/').at(-1);
  return region && region !== 'unknown-region' ? region : 'us-east-1';
}
