/**
 * Options of a client without whose answer people must be called all the same. By itself the SDK waits for an answer for as long
 * as the connection stands, which is longer than a function may run. Both tries together end within six seconds.
 */
export const PATIENCE = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
};
