import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStack } from './cloudformation.ts';
import { type Json, type Resource, replaceReferences, type Template, withoutDependencies } from './template.ts';

export interface Unsupported {
  type: string;
  /** Which resources of that type; all of them if not given. */
  only?: { described: string; applies: (resource: Resource) => boolean };
  reason: string;
  /** The property that holds the physical name, which is what a Ref to the resource stands for. */
  nameProperty: string;
  /** What the emulator says when it is asked for such a resource all the same. */
  refusal: RegExp;
}

/** Everything the emulator cannot deploy. Whatever is not here is deployed as the app has it. */
export const UNSUPPORTED: readonly Unsupported[] = [
  {
    type: 'AWS::SSM::Document',
    reason: 'MiniStack has the parameters and Run Command of Systems Manager, but no documents and no Automation.',
    nameProperty: 'Name',
    refusal: /Unrecognized resource types: \[AWS::SSM::Document\]/,
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    reason: 'MiniStack has PutCompositeAlarm, but its CloudFormation does not know the type.',
    nameProperty: 'AlarmName',
    refusal: /Unrecognized resource types: \[AWS::CloudWatch::CompositeAlarm\]/,
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    only: { described: 'with metric math', applies: resource => resource.Properties?.['Metrics'] !== undefined },
    reason: 'The CloudFormation of MiniStack makes alarms on a single metric only.',
    nameProperty: 'AlarmName',
    refusal: /Properties\.Metrics \(metric math\) is not supported/,
  },
];

export interface LeftOut {
  entry: Unsupported;
  id: string;
  resource: Resource;
}

export const nameOf = (entry: Unsupported): string =>
  entry.only === undefined ? entry.type : `${entry.type} ${entry.only.described}`;

const entryFor = (resource: Resource, list: readonly Unsupported[]): Unsupported | undefined =>
  list.find(entry => entry.type === resource.Type && (entry.only?.applies(resource) ?? true));

function standInFor(left: LeftOut | undefined, attribute: string | undefined): string | undefined {
  if (left === undefined) return undefined;
  const name = left.resource.Properties?.[left.entry.nameProperty];
  return attribute === undefined && typeof name === 'string' ? name : `left-out-${left.id}`;
}

/** The template without what is on the list, nothing in it referring to what is gone. */
export function removeUnsupported(
  template: Template,
  list: readonly Unsupported[] = UNSUPPORTED,
): { template: Template; leftOut: LeftOut[] } {
  const leftOut = new Map<string, LeftOut>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const entry = entryFor(resource, list);
    if (entry) leftOut.set(id, { entry, id, resource });
  }
  const kept = Object.entries(template.Resources)
    .filter(([id]) => !leftOut.has(id))
    .map(([id, resource]) => [id, withoutDependencies(resource, other => leftOut.has(other))] as const);
  const remaining = { ...template, Resources: Object.fromEntries(kept) };
  const rewired = replaceReferences(remaining as Json, (id, attribute) => standInFor(leftOut.get(id), attribute));
  return { template: rewired as unknown as Template, leftOut: [...leftOut.values()] };
}

function templatesOf(assembly: string): string[] {
  const names = readdirSync(assembly, { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.endsWith('.template.json')).map(name => join(assembly, name));
}

/**
 * Takes what is on the list out of a synthesized assembly, in place.
 * An entry that nothing in the assembly answers to is stale, and an error.
 */
export function leaveOutUnsupported(assembly: string, list: readonly Unsupported[] = UNSUPPORTED): LeftOut[] {
  const leftOut = templatesOf(assembly).flatMap(file => {
    const result = removeUnsupported(JSON.parse(readFileSync(file, 'utf8')) as Template, list);
    writeFileSync(file, JSON.stringify(result.template, undefined, 1));
    return result.leftOut;
  });
  const stale = list.filter(entry => !leftOut.some(left => left.entry === entry)).map(nameOf);
  if (stale.length > 0) throw new Error(`Listed as unsupported, but the app has none of it: ${stale.join(', ')}.`);
  return leftOut;
}

/**
 * Asks the emulator for one left-out resource of each entry, and gives the entries that it did not refuse
 * for the reason listed: it has learnt them, and they are to be taken off the list.
 */
export async function learntSince(endpoint: string, leftOut: readonly LeftOut[]): Promise<string[]> {
  const learnt: string[] = [];
  for (const entry of new Set(leftOut.map(left => left.entry))) {
    const example = leftOut.find(left => left.entry === entry);
    if (example === undefined) continue;
    const properties = replaceReferences(example.resource.Properties ?? {}, id => `stand-in-${id}`);
    const probe = { Resources: { Probe: { Type: entry.type, Properties: properties } } };
    const outcome = await createStack(endpoint, `probe-${entry.type.replaceAll('::', '-')}`, probe);
    if (!entry.refusal.test(outcome)) learnt.push(`${nameOf(entry)}: ${outcome}`);
  }
  return learnt;
}
