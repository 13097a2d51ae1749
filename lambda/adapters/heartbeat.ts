/** Milliseconds for whoever listens to answer. */
const TIMEOUT = 3000;

/** Calls the URL at which somebody outside listens for the watch. Failure is logged and harms nothing; the URL is a secret. */
export async function sendHeartbeat(url: string): Promise<void> {
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!ok) console.error({ message: 'the heartbeat was not accepted', status });
  } catch (error) {
    console.error({ message: 'the heartbeat could not be sent', error: (error as Error).name });
  }
}
