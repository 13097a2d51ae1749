import { Unsupported } from '../unsupported.ts';
import type { Assembly, Properties } from './assembly.ts';
import { ACCOUNT, ANONYMOUS, IDENTITIES } from './identities.ts';

/** A resource of the template as it would be deployed: every reference replaced by its value. */
export interface Deployed {
  logicalId: string;
  type: string;
  /** The value of `Ref`: a name, an ARN or a URL, depending on the type. */
  ref: string;
  arn: string;
  /** The construct's path within the stack, e.g. `Orders/Function`. */
  path: string;
  /** The values of `Fn::GetAtt`, by attribute. */
  attributes: Record<string, string>;
  properties: Properties;
}

/** True for a type that a function of the template makes. */
export const isCustom = (type: string) => type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');

/** Resolves every resource. @throws Unsupported for a type or an intrinsic function that the embedded account does not know. */
export function resolveTemplate({ name, root, template, region }: Assembly): Deployed[] {
  const identities = new Map<string, Record<string, string>>();
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
  const pseudo: Record<string, string> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': name,
  };

  const identify = (logicalId: string): Record<string, string> => {
    const known = identities.get(logicalId);
    if (known) return known;
    const resource = template.Resources[logicalId];
    if (!resource) throw new Unsupported(logicalId, 'a reference to a resource that the template does not have');
    const identity = IDENTITIES[resource.Type];
    if (!identity) throw new Unsupported(`${resource.Type} ${logicalId}`, 'a reference to its value');
    const named = {
      ...resource.Properties,
      Name: resolve(resource.Properties?.['Name']),
      BucketName: resolve(resource.Properties?.['BucketName']),
      FunctionName: resolve(resource.Properties?.['FunctionName']),
      EventBusName: resolve(resource.Properties?.['EventBusName']),
    };
    const values = identity(named, logicalId, arn);
    identities.set(logicalId, values);
    return values;
  };

  const attribute = (logicalId: string, name: string): string => {
    const value = identify(logicalId)[name];
    if (value === undefined)
      throw new Unsupported(`${template.Resources[logicalId]?.Type} ${logicalId}`, `its attribute ${name}`);
    return value;
  };

  const reference = (name: string): string => pseudo[name] ?? attribute(name, 'ref');

  // biome-ignore lint/suspicious/noExplicitAny: any JSON goes in, the same shape comes out
  const resolve = (value: unknown): any => {
    if (Array.isArray(value)) return value.map(resolve).filter(item => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return intrinsic(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item)]));
  };

  const intrinsic = (name: string, argument: unknown): unknown => {
    switch (name) {
      case 'Ref':
        return reference(argument as string);
      case 'Fn::GetAtt': {
        const [logicalId = '', attributeName = ''] = argument as string[];
        return attribute(logicalId, attributeName);
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return (resolve(parts) as string[]).join(separator);
      }
      case 'Fn::Sub':
        if (typeof argument !== 'string') throw new Unsupported('Fn::Sub', 'its form with a map');
        return argument.replace(/\$\{([^}!]+)\}/g, (_, variable: string) => {
          const [id = '', attributeName] = variable.split('.');
          return attributeName ? attribute(id, attributeName) : reference(id);
        });
      case 'Fn::FindInMap': {
        const [map = '', first = '', second = ''] = resolve(argument) as string[];
        return template.Mappings?.[map]?.[first]?.[second];
      }
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        return (resolve(list) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return (resolve(text) as string).split(separator);
      }
      default:
        throw new Unsupported('the template', `the function ${name}`);
    }
  };

  return Object.entries(template.Resources).map(
    ([logicalId, { Type: type, Properties: properties = {}, Metadata, Condition: condition }]) => {
      if (condition && type !== 'AWS::CDK::Metadata') throw new Unsupported(`${type} ${logicalId}`, 'a condition');
      const anonymous = ANONYMOUS.has(type) || isCustom(type);
      if (!IDENTITIES[type] && !anonymous) throw new Unsupported(`${type} ${logicalId}`, 'this type of resource');
      const identity: Record<string, string> = anonymous ? {} : identify(logicalId);
      const path = pathOf(Metadata?.['aws:cdk:path'] ?? logicalId, root);
      return {
        logicalId,
        type,
        ref: identity['ref'] ?? logicalId,
        arn: identity['Arn'] ?? identity['ref'] ?? logicalId,
        path,
        attributes: identity,
        properties: resolve(properties),
      };
    },
  );
}

/** Leaves out the stack, the root and the resource itself, which CDK mostly calls `Resource`. */
function pathOf(cdkPath: string, root: string | undefined): string {
  const [, ...parts] = cdkPath.split('/');
  const within = parts[0] === root ? parts.slice(1) : parts;
  return within.slice(0, -1).join('/') || (within[0] ?? cdkPath);
}
