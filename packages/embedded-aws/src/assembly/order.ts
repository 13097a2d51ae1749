import type { Resource, Template } from './assembly.ts';

/** The logical ids of the resources that each resource waits for: those that it refers to, and those that it names in DependsOn. */
export function dependencies({ Resources }: Pick<Template, 'Resources'>): Map<string, readonly string[]> {
  const waitsFor = ({ Properties, DependsOn = [] }: Resource) =>
    [...referred(Properties), ...[DependsOn].flat()].filter(id => Object.hasOwn(Resources, id));
  return new Map(Object.entries(Resources).map(([id, resource]) => [id, [...new Set(waitsFor(resource))]]));
}

function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === 'Ref') return [String(argument)];
    if (key === 'Fn::GetAtt') return [String([argument].flat()[0]).split('.')[0] ?? ''];
    if (key === 'Fn::Sub')
      return [...String([argument].flat()[0]).matchAll(/\$\{([\w]+)[.}]/g)].map(([, id = '']) => id);
    return referred(argument);
  });
}
