import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mutations, worldsFor } from '../../local/simulation/mutation.ts';

/** `npm run simulate -- --mutations` breaks the app by each, which takes minutes. */
describe.each(mutations())('the mutation $name', mutation => {
  it('applies to the sources', () => {
    expect(() => execFileSync('git', ['apply', '--check', mutation.file], { stdio: 'pipe' })).not.toThrow();
  });

  it('names a world of CI', () => {
    expect(worldsFor(mutation)[0].name).toBe(mutation.world);
  });
});
