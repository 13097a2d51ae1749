/** What it comes to, or an error that says that it took too long. What goes on meanwhile is not waited for. */
export async function inTime<T>(seconds: number, promise: Promise<T>): Promise<T> {
  const clock = Promise.withResolvers<never>();
  const timer = setTimeout(() => clock.reject(new Error(`no answer in ${seconds} s`)), seconds * 1000);
  try {
    return await Promise.race([promise, clock.promise]);
  } finally {
    clearTimeout(timer);
  }
}
