/**
 * The answer of a function behind a runbook. AWS does not say whether an error of a function fails its step, so what a
 * function judged is told here, and the document branches on it.
 */
export interface Verdict {
  /** `unchanged`: it ended before anything was changed, as the object is not what its caller took it for. */
  verdict: 'done' | 'unchanged' | 'failed';
  /** Why it is not done; empty when it is. Never absent, as a document must not select what may be. */
  reason: string;
  /** The changes that it made, one sentence each. */
  changed: string[];
  /** What people are to know of it, a sentence each, the first on its own: in a dry run, what would be done. */
  report?: string[];
}

export const done = (changed: string[] = []): Verdict => ({ verdict: 'done', reason: '', changed });
export const unchanged = (reason: string): Verdict => ({ verdict: 'unchanged', reason, changed: [] });
export const failed = (reason: string, changed: string[] = []): Verdict => ({ verdict: 'failed', reason, changed });
