import { complain, replaceLine } from './print.ts';

/** Says on stderr what is being waited for, counting the seconds where somebody watches. */
export function withProgress(what: string): { done: () => void } {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  if (!process.stderr.isTTY) {
    complain(`${what} …`);
    return { done: () => {} };
  }
  const draw = () => replaceLine(`${what} … ${seconds()} `);
  draw();
  const timer = setInterval(draw, 1000);
  let over = false;
  return {
    done: () => {
      if (over) return;
      over = true;
      clearInterval(timer);
      replaceLine(`${what} … done in ${seconds()}\n\n`);
    },
  };
}
