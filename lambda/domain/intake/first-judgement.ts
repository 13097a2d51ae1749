/** CloudWatch gives this reason until it has evaluated an alarm for the first time. */
export const NOT_EVALUATED_YET = 'Unchecked: Initial alarm creation';

/** Minutes in which a new alarm receives its first data. */
export const FIRST_MINUTES = 15;

/** True for the reason of an alarm that is red because there is nothing to judge by. */
export const isUnmeasured = (reason: string | null | undefined): boolean =>
  reason?.includes('no datapoints were received') ?? false;

/** True for a new alarm that is red because what measures has not run yet, which says nothing. */
export const isTooEarly = (reason: string | null | undefined, before: string | null | undefined): boolean =>
  isUnmeasured(reason) && (before?.startsWith(NOT_EVALUATED_YET) ?? false);
