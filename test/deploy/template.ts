export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Resource {
  Type: string;
  Properties?: { [name: string]: Json };
  DependsOn?: string | string[];
  [attribute: string]: Json | undefined;
}

export interface Template {
  Resources: { [id: string]: Resource };
  [section: string]: Json | { [id: string]: Resource } | undefined;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in the place of a reference to a resource that is not deployed. */
export type StandIn = (id: string, attribute: string | undefined) => string | undefined;

/** Puts `standIn`'s text in the place of every Ref, Fn::GetAtt and Fn::Sub for which it gives one. */
export function replaceReferences(value: Json, standIn: StandIn): Json {
  if (Array.isArray(value)) return value.map(item => replaceReferences(item, standIn));
  if (!isObject(value)) return value;
  const { Ref: ref, 'Fn::GetAtt': getAtt, 'Fn::Sub': sub } = value;
  if (typeof ref === 'string') return standIn(ref, undefined) ?? value;
  if (getAtt !== undefined) {
    const [id, attribute] = typeof getAtt === 'string' ? getAtt.split('.') : Array.isArray(getAtt) ? getAtt : [];
    return (typeof id === 'string' ? standIn(id, String(attribute)) : undefined) ?? value;
  }
  const rest = Object.entries(value).map(([key, item]) => [key, replaceReferences(item, standIn)] as const);
  const replaced: { [key: string]: Json } = Object.fromEntries(rest);
  if (typeof sub === 'string') replaced['Fn::Sub'] = substitute(sub, standIn);
  else if (Array.isArray(sub) && typeof sub[0] === 'string') {
    const variables = replaceReferences(sub[1] ?? {}, standIn);
    const own = isObject(variables) ? Object.keys(variables) : [];
    replaced['Fn::Sub'] = [
      substitute(sub[0], (id, name) => (own.includes(id) ? undefined : standIn(id, name))),
      variables,
    ];
  }
  return replaced;
}

function substitute(text: string, standIn: StandIn): string {
  return text.replace(/\$\{([^!.}]+)(?:\.([^}]+))?\}/g, (whole, id: string, attribute: string | undefined) => {
    return standIn(id, attribute) ?? whole;
  });
}

export function withoutDependencies(resource: Resource, isGone: (id: string) => boolean): Resource {
  if (resource.DependsOn === undefined) return resource;
  const { DependsOn, ...others } = resource;
  const kept = [DependsOn].flat().filter(id => !isGone(id));
  return kept.length === 0 ? { ...others, Type: resource.Type } : { ...others, Type: resource.Type, DependsOn: kept };
}
