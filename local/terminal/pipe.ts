/** As a shell tells that SIGPIPE has ended a command. */
const NOBODY_READS = 141;

/** Ends the process without a word once nobody reads what it prints, as after `npm start | head`. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(NOBODY_READS);
    });
}
