import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cdk } from './cdk.ts';
import { type Emulator, projectRoot, startEmulator } from './emulator.ts';
import { leaveOutUnsupported } from './unsupported.ts';

/** A service of somebody else, in another region: the example's, without what stands on things that the emulator lacks. */
const configured = () =>
  readFileSync(join(projectRoot, 'config', 'mockupaws-production.ts'), 'utf8')
    .replace(/^ {2}(slack|pagerduty|statusPage): \{[\s\S]*?^ {2}\},\n/gm, '')
    .replace(/^ {4}maintenance: \{[\s\S]*?^ {4}\},\n/m, '')
    .replaceAll('us-east-1', 'eu-west-1')
    .replaceAll('mockupaws-production', 'shop');
const STACK = 'shop-incident-response';

let emulator: Emulator;
/** The project as its user has it: with a configuration of their own beside the example. */
let project: string;
let assembly: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'second-'));
  for (const part of ['bin', 'config', 'lambda', 'lib', 'runbooks', 'scripts', 'templates', 'cdk.json', 'package.json'])
    cpSync(join(projectRoot, part), join(project, part), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(project, 'node_modules'), 'dir');
  writeFileSync(join(project, 'config', 'shop.ts'), configured());
  assembly = join(project, 'assembly');
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator?.stop();
  if (project) rmSync(project, { recursive: true, force: true });
});

const run = (...args: string[]) => cdk(emulator, args, project);

const deploy = async () => {
  await run('synth', '-c', 'config=shop', '--quiet', '--output', assembly);
  leaveOutUnsupported(join(assembly, `${STACK}.template.json`));
  return run('deploy', STACK, '--app', assembly, '--require-approval', 'never', '--progress', 'events');
};

it('is bootstrapped by the command of the README, in the region of its configuration', async () => {
  expect(await run('bootstrap', '-c', 'config=shop')).toContain('/eu-west-1 bootstrapped');
});

it('is deployed there', async () => {
  expect(await deploy()).toContain(`arn:aws:cloudformation:eu-west-1:`);
});

it('is destroyed, and deployed again', async () => {
  expect(await run('destroy', STACK, '--app', assembly, '--force')).toContain(`${STACK}: destroyed`);
  expect(await deploy()).toContain(`✅  ${STACK}`);
});
