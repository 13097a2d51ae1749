import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a rehearsal that nobody reads ends without a word, and leaves no files', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'pipe-'));
  try {
    const main = join(import.meta.dirname, '../../local/main.ts');
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, TMPDIR },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', data => (said += data));
    expect((await once(child, 'close'))[0]).toBe(141);
    expect(said.replace('Synthesising the app …\n', '')).toBe('');
    expect(await readdir(TMPDIR)).toEqual([]);
  } finally {
    await rm(TMPDIR, { recursive: true });
  }
});
