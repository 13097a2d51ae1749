import type { Show } from './terminal.ts';

/** One JSON object a line, the summary last. */
export function asJson({ trace = false }: { trace?: boolean | undefined }): Show {
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  return {
    begin: () => {},
    happened: happened => {
      if (trace || (happened.type !== 'call' && happened.type !== 'log')) print(happened);
    },
    end: (summary, outputs) => print({ ...summary, outputs }),
    serving: addresses => print({ type: 'serving', ...addresses }),
  };
}
