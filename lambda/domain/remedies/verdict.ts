/**
 * The answer of a function behind a runbook. AWS does not document whether an error of a function fails its step, so
 * functions return a verdict, and the document branches on it.
 */
export interface Verdict {
  /** `unchanged`: it ended before anything was changed, because the object was not what the caller expected. */
  verdict: 'done' | 'unchanged' | 'failed';
  /**
   * The reason why it is not done; empty when it is. The field is never absent, because a document cannot select a
   * field that may be absent.
   */
  reason: string;
  /** The changes that it made, one sentence each. */
  changed: string[];
  /**
   * The report for people, one sentence each, the first complete in itself. In a dry run it says what would be done.
   */
  report?: string[];
}

export const done = (changed: string[] = []): Verdict => ({ verdict: 'done', reason: '', changed });
export const unchanged = (reason: string): Verdict => ({ verdict: 'unchanged', reason, changed: [] });
export const failed = (reason: string, changed: string[] = []): Verdict => ({ verdict: 'failed', reason, changed });
