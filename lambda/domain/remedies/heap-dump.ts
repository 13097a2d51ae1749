/** The marker that the shell prints when the whole command has ended with 0. */
const COMPLETE_MARKER = 'heap-dump-complete';
const FAILED_MARKER = 'heap-dump-failed';

/** Wraps a command so that it prints how it ended, because a session does not report the exit code. */
export const framed = (command: string): string => `( ${command} ) && echo ${COMPLETE_MARKER} || echo ${FAILED_MARKER}`;

/**
 * The reason why the dump is incomplete; undefined when it is complete. The command must have ended with 0, and its
 * last line must be the size of the file in bytes: a file that grew during the upload is larger than the object.
 */
export function whyNotWhole(printed: string, uploaded: number | undefined): string | undefined {
  const text = printed.replaceAll('\r', '').trimEnd();
  if (uploaded === undefined) return 'the command uploaded nothing';
  if (uploaded === 0) return 'the command uploaded nothing but an empty object';
  if (!text.endsWith(`\n${COMPLETE_MARKER}`) && text !== COMPLETE_MARKER)
    return `the command did not end well; of its dump ${uploaded} bytes are there, which may be a part`;
  const printedSize = /(?:^|\n)\s*(\d+)\s*\nheap-dump-complete$/.exec(text)?.[1];
  if (printedSize === undefined) return 'the command did not print at its end how many bytes its dump has';
  return Number(printedSize) === uploaded
    ? undefined
    : `the dump has ${printedSize} bytes, and only ${uploaded} of them were uploaded`;
}
