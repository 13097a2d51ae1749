/** Answers HTTP requests. A header `Server-Timing: total;dur=50` says that the answer took 50 virtual milliseconds. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The world outside of the account, as functions reach it. */
export interface Network {
  /** @default no host is found */
  fetch: Fetch;
  /** The functions' global class `WebSocket`. @default none */
  WebSocket?: unknown;
  /** The functions' module `node:tls`. @default none */
  tls?: unknown;
}
