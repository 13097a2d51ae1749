import { complain, replaceLine } from './print.ts';

/** A line on stderr that tells what is being waited for. */
export interface Progress {
  /** Something else is being waited for, or has come to this point. */
  now: (what: string, point?: string) => void;
  /** Ends the waiting: the line disappears. */
  done: () => void;
}

/** Between two drawings of the line. */
const MILLISECONDS = 200;

/** Where somebody watches, one line that is written anew with the seconds that have passed; otherwise a line for each thing, once. */
export function withProgress(first: string): Progress {
  const isWatched = process.stderr.isTTY;
  const started = performance.now();
  let what = '';
  let point = '';
  let drawn = 0;
  let over = false;
  const draw = () => {
    drawn = performance.now();
    replaceLine(`${what} …${point && ` ${point},`} ${Math.round((drawn - started) / 1000)} s `);
  };
  const now: Progress['now'] = (next, at = '') => {
    if (over) return;
    const isNew = next !== what;
    what = next;
    point = at;
    if (!isWatched && isNew) complain(`${what} …`);
    if (isWatched && (isNew || performance.now() - drawn > MILLISECONDS)) draw();
  };
  now(first);
  const timer = isWatched ? setInterval(draw, MILLISECONDS) : undefined;
  return {
    now,
    done: () => {
      if (over) return;
      over = true;
      clearInterval(timer);
      if (isWatched) replaceLine('');
    },
  };
}
