#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CONFIG } from '../lib/config/service-config.ts';
import { configurationOf } from './configurations.ts';
import { differences } from './runbook/differences.ts';
import { documentOf, runbookDocument } from './runbook/document.ts';
import { complain, print } from './terminal.ts';

/** Writes the document of a configuration, or, asked to check, tells whether it is what would be written. */
async function main(): Promise<0 | 1> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, check: { type: 'boolean' } } });
  const { config: name = DEFAULT_CONFIG, check = false } = values;
  const { file, command } = documentOf(name);
  const path = `${import.meta.dirname}/../${file}`;
  const document = runbookDocument(await configurationOf(name), name);
  if (!check) {
    await writeFile(path, document);
    print(`${file} is written.`);
    return 0;
  }
  const committed = await readFile(path, 'utf8').catch(() => '');
  if (committed === document) return 0;
  complain(`${file} is not what the responder acts on any more. Write it anew with ${command}, and commit it.\n`);
  complain(differences(committed, document));
  return 1;
}

process.exitCode = await main().catch(({ message }: Error) => {
  complain(message);
  return 2;
});
