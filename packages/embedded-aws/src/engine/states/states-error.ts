/** An error by its name in the Amazon States Language, as Retry and Catch see it. */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  readonly error: string;
  /** Not Error's own cause: the text that becomes the `Cause` of the error output. */
  override readonly cause: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}
