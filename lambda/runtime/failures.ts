/** The errors of what was rejected. */
export const failuresOf = (outcomes: readonly PromiseSettledResult<unknown>[]): Error[] =>
  outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));

/** Ends with all that failed, once the rest is done. @throws AggregateError if anything did */
export function throwAny(failures: readonly Error[]): void {
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
