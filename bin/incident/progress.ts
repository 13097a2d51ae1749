const PATIENCE = 2000;

/** After two seconds says on stderr what is being waited for, and where somebody watches, for how long. */
export async function whileWaiting<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const { stderr } = process;
  const started = performance.now();
  let said = false;
  const say = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    if (stderr.isTTY) stderr.write(`\r${what} … ${seconds} s `);
    else if (!said) stderr.write(`${what} …\n`);
    said = true;
  };
  let ticking: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say();
    ticking = setInterval(say, 1000);
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    clearInterval(ticking);
    if (said && stderr.isTTY) stderr.write('\r\x1b[2K');
  }
}
