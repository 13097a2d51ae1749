import type { Show } from './terminal.ts';

/** One JSON object a line, the summary last. */
export function asJson({ trace = false }: { trace?: boolean | undefined }): Show {
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  return {
    begin: () => {},
    event: event => {
      if (trace || (event.type !== 'call' && event.type !== 'log')) print(event);
    },
    end: ({ summary }, outputs) => print({ ...summary, outputs }),
    serving: addresses => print({ type: 'serving', ...addresses }),
  };
}
