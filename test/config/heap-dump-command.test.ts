import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { framed, whyNotWhole } from '../../lambda/domain/remedies/heap-dump.ts';

/** Runs the example's command in a folder of its own, where a program writes its dump bit by bit with each pause. */
function dump(parts: string[], curl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'heap-dump-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const command = config.serviceMemory.heapDump?.command.replaceAll('/tmp/', `${folder}/`) ?? '';
  const file = `${folder}/Heap.1.heapsnapshot`;
  const world = [
    'pauses=0',
    `kill() { printf '%s' '${parts[0]}' > ${file}; }`,
    `sleep() { pauses=$((pauses + 1)); case $pauses in ${parts
      .slice(1)
      .map((part, i) => `${i + 1}) printf '%s' '${part}' >> ${file};;`)
      .join(' ')} 90) exit 1;; esac; }`,
    `curl() { ${curl} ; }`,
  ].join('\n');
  const printed = execFileSync('/bin/sh', ['-c', `${world}\n${framed(command.replace('{url}', 'https://x'))}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { printed, folder, left: readdirSync(folder).filter(name => name.startsWith('Heap')) };
}

it('waits until the dump no longer grows and is closed, and tells its size', () => {
  const { printed, folder, left } = dump(
    ['{"a":{}', ',"b":{}', ',"strings":["}"]}'],
    'cat $3 > "$(dirname $3)/uploaded"',
  );
  const uploaded = readFileSync(join(folder, 'uploaded'), 'utf8');
  expect(uploaded).toBe('{"a":{},"b":{},"strings":["}"]}');
  expect(whyNotWhole(printed, uploaded.length)).toBeUndefined();
  expect(whyNotWhole(printed, uploaded.length - 1)).toContain('only 30 of them were uploaded');
  expect(left).toEqual([]);
});

it('ends badly when the upload fails, or the dump is never closed', () => {
  const failed = dump(['{}'], 'return 22');
  expect(whyNotWhole(failed.printed, 2)).toContain('did not end well');
  const cut = dump(['{"a":{'], 'echo no');
  expect(whyNotWhole(cut.printed, 6)).toContain('did not end well');
});
