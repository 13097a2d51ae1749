/** The result of the promise, or an error after so many seconds. The work goes on, but nobody waits for it. */
export async function inTime<T>(seconds: number, promise: Promise<T>): Promise<T> {
  const clock = Promise.withResolvers<never>();
  const timer = setTimeout(() => clock.reject(new Error(`no answer in ${seconds} s`)), seconds * 1000);
  try {
    return await Promise.race([promise, clock.promise]);
  } finally {
    clearTimeout(timer);
  }
}
