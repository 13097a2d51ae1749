import type { Deployed } from '../assembly/resolve.ts';
import { statementsByRole } from './permissions.ts';
import { type Action, actionsLike, supports } from './reference.ts';
import { like, list, type Statement } from './statements.ts';

/**
 * What the policies of a template say in vain: actions that AWS does not have, resources by which it does not judge the action,
 * conditions that no request of it carries, and actions of a role that lack a resource without which every call is refused.
 */
export function policyFaults(resources: readonly Deployed[]): string[] {
  const paths = new Map(resources.map(({ arn, path }) => [arn, path]));
  const byRole = [...statementsByRole(resources)].map(([arn, statements]) => ({
    where: paths.get(arn) ?? arn,
    statements,
  }));
  const others = resources.flatMap(({ path, properties }) =>
    ['PolicyDocument', 'KeyPolicy', 'AssumeRolePolicyDocument'].flatMap(document =>
      properties['Roles'] || !properties[document]
        ? []
        : [{ where: `${path} ${document}`, statements: list<Statement>(properties[document].Statement) }],
    ),
  );
  return [
    ...[...byRole, ...others].flatMap(({ where, statements }) =>
      statements.flatMap(statement => faultsOf(statement).map(fault => `${where}: ${fault}`)),
    ),
    ...byRole.flatMap(({ where, statements }) => lacking(statements).map(fault => `${where}: ${fault}`)),
  ];
}

function faultsOf(statement: Statement): string[] {
  return list(statement.Action).flatMap(pattern => {
    // A key's policy speaks of `kms:*`, and a bucket's of `s3:*`.
    if (pattern.endsWith(':*')) return [];
    const actions = actionsLike(pattern, like);
    if (actions.length === 0) return [`AWS has no action ${pattern}`];
    return actions.flatMap(action =>
      list(statement.Resource ?? '*').flatMap(resource => faultsOn(action, resource, statement)),
    );
  });
}

function faultsOn({ name, ...action }: Action, resource: string, { Condition = {} }: Statement): string[] {
  const types = action.resourceTypes.filter(({ shape }) => shape.meets(resource));
  if (types.length === 0 && resource !== '*') {
    const judged = action.resourceTypes.map(type => type.name).join(', ') || '"*" alone';
    return [`${name} on ${resource}: AWS judges it by ${judged}`];
  }
  return Object.values(Condition)
    .flatMap(keys => Object.keys(keys))
    .filter(key => !supports({ name, ...action }, types, key))
    .map(key => `${name} on ${resource}: no request of it carries ${key}`);
}

/** The actions of a role of which every call is refused, for want of a resource. */
function lacking(statements: Statement[]): string[] {
  const allows = statements.filter(({ Effect }) => Effect === 'Allow');
  const actions = allows.flatMap(({ Action }) => list(Action).flatMap(pattern => actionsLike(pattern, like)));
  return [...new Set(actions)].flatMap(({ name, resourceTypes }) => {
    const patterns = allows
      .filter(({ Action }) => list(Action).some(pattern => like(pattern, name)))
      .flatMap(({ Resource }) => list(Resource));
    const required = Map.groupBy(
      resourceTypes.filter(type => type.required),
      ({ alternative }) => alternative,
    );
    return [...required]
      .filter(([, types]) => !types.some(({ shape }) => patterns.some(shape.meets)))
      .map(([alternative]) => `${name} is allowed on no ${alternative}, by which AWS judges each call`);
  });
}
