/** A line on stderr that tells what is being waited for. */
export interface Progress {
  /** Something else is being waited for, or has come to this point. */
  now: (what: string, point?: string) => void;
  /** Ends the waiting: the line disappears. */
  done: () => void;
}

/** Between two drawings of the line. */
const MILLISECONDS = 200;
const ERASE = '\r\x1b[2K';

/** Where somebody watches, one line that is written anew with the seconds that have passed; otherwise a line for each thing, once. */
export function withProgress(first: string): Progress {
  const { stderr } = process;
  const started = performance.now();
  let what = '';
  let point = '';
  let drawn = 0;
  let over = false;
  const draw = () => {
    drawn = performance.now();
    stderr.write(`${ERASE}${what} …${point && ` ${point},`} ${Math.round((drawn - started) / 1000)} s `);
  };
  const now: Progress['now'] = (next, at = '') => {
    if (over) return;
    const isNew = next !== what;
    what = next;
    point = at;
    if (stderr.isTTY ? isNew || performance.now() - drawn > MILLISECONDS : false) draw();
    else if (isNew && !stderr.isTTY) stderr.write(`${what} …\n`);
  };
  now(first);
  const timer = stderr.isTTY ? setInterval(draw, MILLISECONDS) : undefined;
  return {
    now,
    done: () => {
      if (over) return;
      over = true;
      clearInterval(timer);
      if (stderr.isTTY) stderr.write(ERASE);
    },
  };
}
