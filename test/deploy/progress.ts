const started = Date.now();

/** One visible line per step: the whole run takes a while and says nothing otherwise. */
export function progress(line: string): void {
  process.stderr.write(`  deploy ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}\n`);
}

export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const from = Date.now();
  progress(`${name} …`);
  const result = await work();
  progress(`${name}: done in ${((Date.now() - from) / 1000).toFixed(1)} s`);
  return result;
}
