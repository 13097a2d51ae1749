import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Roles of the bootstrap, in which `cdk` acts: the emulator keeps none of their sessions apart. */
const BOOTSTRAP_ROLES = /"(assumeRoleArn|assumeRoleExternalId|cloudFormationExecutionRoleArn)":\s*"[^"]*",?/g;

/** What the emulator is asked comes over plain HTTP, on this machine. */
const PLAIN_HTTP = /"aws:SecureTransport":\s*"false"/g;

/** The emulator judges calls of these services by resources of its own making. */
const JUDGED_OTHERWISE = ['ecs:', 'logs:', 'ssm:'];

interface Statement {
  Action?: string | string[];
  Resource?: unknown;
}

/** Widens a statement to all resources, where the emulator would find none of its own in it. The actions stay as they are. */
const widened = (_: string, value: Statement) =>
  value?.Action !== undefined &&
  [value.Action].flat().some(action => JUDGED_OTHERWISE.some(service => action.startsWith(service)))
    ? { ...value, Resource: '*' }
    : value;

/** Lets a template be deployed to the emulator while it judges every call by IAM. */
export function bearEnforcement(template: string): void {
  const folder = dirname(template);
  const rewrite = (file: string, change: (text: string) => string) =>
    writeFileSync(file, JSON.stringify(JSON.parse(change(readFileSync(file, 'utf8'))), widened));
  for (const name of readdirSync(folder).filter(name => name === 'manifest.json' || name.endsWith('.assets.json')))
    rewrite(join(folder, name), text => text.replace(BOOTSTRAP_ROLES, '').replace(/,(\s*[}\]])/g, '$1'));
  rewrite(template, text => text.replace(PLAIN_HTTP, '"aws:SecureTransport": "never"'));
}
