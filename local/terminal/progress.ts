/** Says on stderr what is being waited for, counting the seconds where somebody watches. */
export function withProgress(what: string): { done: () => void } {
  const started = performance.now();
  const { stderr } = process;
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  if (!stderr.isTTY) {
    stderr.write(`${what} …\n`);
    return { done: () => {} };
  }
  const draw = () => stderr.write(`\r${what} … ${seconds()} `);
  draw();
  const timer = setInterval(draw, 1000);
  let over = false;
  return {
    done: () => {
      if (over) return;
      over = true;
      clearInterval(timer);
      stderr.write(`\r${what} … done in ${seconds()}\n\n`);
    },
  };
}
