import { complain, replaceLine } from '../terminal.ts';

/** Milliseconds of waiting after which progress is shown. */
const DELAY = 2000;

/** Shows on stderr what is awaited, and on a terminal for how long. */
export async function whileWaiting<Result>(activity: string, work: Promise<Result>): Promise<Result> {
  const { isTTY } = process.stderr;
  const started = performance.now();
  let shown = false;
  const show = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    if (isTTY) replaceLine(`${activity} … ${seconds} s `);
    else if (!shown) complain(`${activity} …`);
    shown = true;
  };
  let ticking: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    ticking = setInterval(show, 1000);
  }, DELAY);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    clearInterval(ticking);
    if (shown && isTTY) replaceLine('');
  }
}
