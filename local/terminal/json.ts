import { printJson } from './print.ts';
import type { Show } from './terminal.ts';

/** One JSON object a line, the summary last. */
export function asJson({ trace = false }: { trace?: boolean | undefined }): Show {
  return {
    begin: () => {},
    event: event => {
      if (trace || (event.type !== 'call' && event.type !== 'log')) printJson(event);
    },
    end: ({ summary }, outputs) => printJson({ ...summary, outputs }),
    serving: addresses => printJson({ type: 'serving', ...addresses }),
  };
}
